// The pages of a room, as links.
import { Link } from "~/shell/router";

interface TabsProps {
  label: string;
  /** Address and text of each. */
  tabs: (readonly [string, string])[];
  /** The address of the one that is open. */
  here: string;
}

export function Tabs({ label, tabs, here }: TabsProps) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(([href, text]) => (
        <Link key={href} href={href} aria-current={href === here ? "page" : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}

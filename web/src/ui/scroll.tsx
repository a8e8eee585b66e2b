// A card that scrolls sideways when its table is wide; reachable by keyboard.
import type { ReactNode } from "react";

export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keyboard
    <section className="card flush scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

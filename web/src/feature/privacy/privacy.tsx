// Privacy: one's own data, the data map, export and erasure, the audit log.
import { Link } from "~/shell/router";
import { useMay } from "~/shell/session";
import { PageHead } from "~/ui/states";
import { Audit } from "./audit";
import { DataMap } from "./data-map";
import { Mine } from "./mine";
import { Requests } from "./requests";
import { words } from "./words";

const TABS = ["mine", "data", "requests", "audit"] as const;

export default function Privacy({ params }: { params: Record<string, string> }) {
  const may = useMay();
  const needed = {
    mine: true,
    data: may("privacy.map"),
    requests: may("privacy.export") || may("privacy.erase"),
    audit: may("audit.read"),
  };
  const tabs = TABS.filter((tab) => needed[tab]);
  const tab = tabs.find((tab) => tab === params.tab) ?? "mine";
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <nav className="tabs" aria-label={words.title}>
        {tabs.map((each) => (
          <Link
            key={each}
            href={each === "mine" ? "/privacy" : `/privacy/${each}`}
            aria-current={each === tab ? "page" : undefined}
          >
            {words.tabs[each]}
          </Link>
        ))}
      </nav>
      {tab === "mine" && <Mine />}
      {tab === "data" && <DataMap />}
      {tab === "requests" && <Requests />}
      {tab === "audit" && <Audit />}
    </>
  );
}

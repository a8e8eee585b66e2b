// Privacy: one's own data, the data map, export and erasure, the audit log.

import { mayEnter } from "~/shell/rooms";
import { usePath } from "~/shell/router";
import { useSession } from "~/shell/session";
import { PageHead } from "~/ui/states";
import { Tabs } from "~/ui/tabs";
import { Audit } from "./audit";
import { DataMap } from "./data-map";
import { Mine } from "./mine";
import { Requests } from "./requests";
import { words } from "./words";

const TABS = {
  mine: "/privacy",
  data: "/privacy/data",
  requests: "/privacy/requests",
  audit: "/privacy/audit",
} as const;
type Tab = keyof typeof TABS;

export default function Privacy() {
  const session = useSession();
  const path = usePath();
  const tabs = (Object.keys(TABS) as Tab[]).filter((tab) => mayEnter(session, TABS[tab]));
  const tab = tabs.find((tab) => TABS[tab] === path) ?? "mine";
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <Tabs
        label={words.title}
        tabs={tabs.map((each) => [TABS[each], words.tabs[each]])}
        here={TABS[tab]}
      />
      {tab === "mine" && <Mine />}
      {tab === "data" && <DataMap />}
      {tab === "requests" && <Requests />}
      {tab === "audit" && <Audit />}
    </>
  );
}

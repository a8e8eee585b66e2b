// The data map: every column that is kept, what kind it is, whether AI may read it, how long.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useFilters } from "~/shell/router";
import { aiText, dataMapQuery } from "~/ui/eye";
import { TextFilter } from "~/ui/filters";
import { Scroll } from "~/ui/scroll";
import { Empty, Show } from "~/ui/states";
import { words as shared } from "~/words";
import { words } from "./words";

const text = words.data;
const LOOKS: Record<string, string> = {
  PERSONAL: "tag warn",
  CONTENT: "tag warn",
  SENSITIVE: "tag bad",
  SECRET: "tag bad",
};

export function DataMap() {
  const [filters, setFilters] = useFilters();
  const map = useQuery(dataMapQuery);
  const wanted = (filters.get("q") ?? "").toLowerCase();
  const kind = filters.get("kind");
  return (
    <div className="stack">
      <p className="quiet">{text.lead}</p>
      <div className="filters">
        <TextFilter label={text.search} />
        <Select
          label={text.kind}
          placeholder={text.all}
          clearable
          data={Object.entries(shared.privacy).map(([value, label]) => ({ value, label }))}
          value={kind}
          onChange={(kind) => setFilters({ kind })}
        />
      </div>
      <Show query={map} rows={8}>
        {(items) => {
          const shown = items.filter(
            ({ table, column, doc, privacy }) =>
              (!kind || privacy === kind) &&
              `${table}.${column} ${doc}`.toLowerCase().includes(wanted),
          );
          const tables = [...new Set(shown.map(({ table }) => table))];
          if (shown.length === 0)
            return (
              <section className="card">
                <Empty icon="privacy" title={text.empty} text={text.empty_help} />
              </section>
            );
          return (
            <>
              <p className="small muted">{text.count(shown.length, tables.length)}</p>
              {tables.map((table) => (
                <Scroll key={table} label={table}>
                  <div className="card-head">
                    <div>
                      <h2 className="mono">{table}</h2>
                      <p className="quiet small">
                        {shown.find((item) => item.table === table)?.table_doc}
                      </p>
                    </div>
                  </div>
                  <table className="table map cards">
                    <thead>
                      <tr>
                        <th scope="col">{text.column}</th>
                        <th scope="col">{text.what}</th>
                        <th scope="col">{text.privacy}</th>
                        <th scope="col">{text.ai}</th>
                        <th scope="col">{text.reader}</th>
                        <th scope="col">{text.keep}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {shown
                        .filter((item) => item.table === table)
                        .map(
                          ({
                            column,
                            doc,
                            privacy,
                            ai,
                            masked,
                            subject,
                            read_by,
                            retention_days,
                          }) => (
                            <tr key={column}>
                              <th scope="row" className="mono" data-heading={text.column}>
                                {column}
                              </th>
                              <td data-heading={text.what}>
                                <span>
                                  {doc}
                                  {subject && <span className="muted"> ({text.subject})</span>}
                                </span>
                              </td>
                              <td data-heading={text.privacy}>
                                <span className={LOOKS[privacy] ?? "tag"}>
                                  {shared.privacy[privacy as keyof typeof shared.privacy]}
                                </span>
                              </td>
                              <td className={ai ? undefined : "muted"} data-heading={text.ai}>
                                {aiText({ ai, masked })}
                              </td>
                              <td className="mono" data-heading={text.reader}>
                                {read_by ?? "–"}
                              </td>
                              <td className="figures" data-heading={text.keep}>
                                {retention_days ? text.days(retention_days) : text.account}
                              </td>
                            </tr>
                          ),
                        )}
                    </tbody>
                  </table>
                </Scroll>
              ))}
            </>
          );
        }}
      </Show>
    </div>
  );
}

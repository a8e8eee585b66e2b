// The eye: who can see this, why, how long, and whether AI may read it; from the declarations.
import { Popover } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { items, type Row, type Whole } from "~/api/client";
import { Link } from "~/shell/router";
import { words } from "~/words";
import { Icon } from "./icon";
import { columnNames } from "./names";
import { Show } from "./states";

type DataMapRow = Whole<Row<"/privacy/data-map">, "table" | "column" | "privacy">;

export const dataMapQuery = {
  queryKey: ["data-map"],
  queryFn: () => items("/privacy/data-map") as Promise<DataMapRow[]>,
  staleTime: 600_000,
};

/** Columns in words. */
export function useColumnNames() {
  const map = useQuery(dataMapQuery).data ?? [];
  return (columns: readonly string[]) => columnNames(columns, map);
}

/** What AI is given of a column. */
export const aiText = ({ ai, masked }: Pick<DataMapRow, "ai" | "masked">) =>
  words.eye[!ai ? "never" : masked ? "masked" : "clear"];

interface EyeProps {
  table: string;
  /** Some columns of the table; all that are about people when absent. */
  columns?: string[];
  /** A sentence or two: who can see it here. */
  seen: ReactNode;
}

export function Eye({ table, columns, seen }: EyeProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      width={380}
      position="bottom-start"
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <button
          type="button"
          className="eye"
          aria-label={words.eye.label}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <Icon name="eye" size={16} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {opened && <Facts table={table} columns={columns} seen={seen} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function Facts({ table, columns, seen }: EyeProps) {
  const map = useQuery(dataMapQuery);
  return (
    <div className="stack tight">
      <h3>{words.eye.title}</h3>
      <p>{seen}</p>
      <Show query={map} rows={3}>
        {(items) => {
          const shown = items.filter(
            (item) =>
              item.table === table &&
              (columns ? columns.includes(item.column) : item.privacy !== "OPERATIONAL"),
          );
          const days = shown.find((item) => item.retention_days)?.retention_days;
          return (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keyboard */}
              <section className="scroll" aria-label={words.eye.title} tabIndex={0}>
                <table className="table small">
                  <thead>
                    <tr>
                      <th scope="col">{words.eye.what}</th>
                      <th scope="col">{words.eye.kind}</th>
                      <th scope="col">{words.eye.ai}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map(({ column, doc, privacy, ...row }) => (
                      <tr key={column}>
                        <td>{doc || column}</td>
                        <td>{words.privacy[privacy as keyof typeof words.privacy] ?? privacy}</td>
                        <td>{aiText(row)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
              <p className="small muted">{days ? words.eye.days(days) : words.eye.kept}</p>
            </>
          );
        }}
      </Show>
      <Link href="/privacy/data" className="small">
        {words.eye.more}
      </Link>
    </div>
  );
}

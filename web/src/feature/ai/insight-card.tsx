// The insight card: a number, one sentence, a small chart, and how it is known.
import { Button } from "@mantine/core";
import { Link } from "~/shell/router";
import { Spark } from "~/ui/chart";
import { quantityText, withDays } from "~/ui/time";
import type { Finding } from "./data";
import { words } from "./words";

interface InsightCardProps {
  finding: Finding;
  /** Where the entries of its period are. */
  entries: string;
  onDismiss: () => void;
  onNever: () => void;
}

export function InsightCard({ finding, entries, onDismiss, onNever }: InsightCardProps) {
  const { title, sentence, method, value, unit, numbers, series, rows } = finding;
  const [figure, of] = quantityText(value ?? 0, unit);
  return (
    <article className="card insight">
      <div className="row between top">
        <div>
          <h3>{title}</h3>
          {value != null && (
            <div className="figure">
              {figure} {of && <small>{of}</small>}
            </div>
          )}
        </div>
        {series.length > 1 && (
          <Spark
            values={series.map(({ name, value }) => ({ key: withDays(name ?? ""), value }))}
            label={words.answer.series}
          />
        )}
      </div>
      <p>{withDays(sentence ?? "")}</p>
      <details>
        <summary>{words.answer.how}</summary>
        <div className="stack tight how">
          <p className="small quiet">{method}</p>
          <table className="table small">
            <tbody>
              {numbers.map(({ name, value, unit }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="num">{quantityText(value, unit).join(" ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > 0 && (
            <Link className="small" href={entries}>
              {words.answer.rows(rows.length)}
            </Link>
          )}
        </div>
      </details>
      <div className="row">
        <span className="tag">{words.answer.advisory}</span>
        <span className="grow" />
        <Button size="compact-xs" variant="subtle" color="gray" onClick={onDismiss}>
          {words.answer.dismiss}
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={onNever}>
          {words.answer.never}
        </Button>
      </div>
    </article>
  );
}

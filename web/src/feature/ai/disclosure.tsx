// The disclosure: the exact text that would leave, masked parts marked; where to, why, how much.
import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Modal } from "~/ui/dialog";
import { useColumnNames } from "~/ui/eye";
import { Notice } from "~/ui/states";
import { addDays, numberText, rangeText } from "~/ui/time";
import { words as shared } from "~/words";
import { LOCAL } from "./data";
import { words } from "./words";

interface Masked {
  kind: string;
  count: number;
}

export interface Disclosed {
  disclosure: string;
  masked: readonly Masked[];
  provider: string;
  model?: string | null;
  evidence?: string | null;
  bytes: number;
  columns?: readonly string[];
  rows?: number;
  from?: string | null;
  to?: string | null;
  compared_from?: string | null;
  compared_rows?: number;
  left_out?: number;
}

/** The days that were looked at and those that they are compared with; null where there are none. */
export function periodsOf({ from, to, compared_from }: Disclosed) {
  if (!from || !to) return null;
  const before = compared_from ? rangeText(compared_from, addDays(from, -1)) : null;
  return { period: rangeText(from, addDays(to, -1)), before };
}

/** The text with its tokens (PERSON_1, EMAIL_ADDRESS_2_1) marked. */
function MarkedText({ text, masked }: { text: string; masked: readonly Masked[] }) {
  const kinds = masked.map(({ kind }) => kind).join("|");
  if (!kinds) return text;
  return text
    .split(new RegExp(`\\b((?:${kinds})_\\d+(?:_\\d+)?)\\b`))
    .map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part));
}

const countText = (kind: string, count: number | string) =>
  `${words.kinds[kind] ?? kind.toLowerCase().replaceAll("_", " ")}: ${count}`;

function maskedText(masked: readonly Masked[]): string {
  const parts = masked
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => countText(kind, count));
  return parts.join(", ") || words.sheet.nothing_masked;
}

/** "PERSON 2" as people read it. */
export function maskedLine(line: string): string {
  const [kind = "", count = ""] = line.split(" ");
  return countText(kind, count);
}

export function DisclosureFacts({ given }: { given: Disclosed }) {
  const columnNames = useColumnNames();
  const { provider, model, evidence, bytes, masked, columns, rows, left_out = 0 } = given;
  const { compared_rows = 0 } = given;
  const periods = periodsOf(given);
  const local = provider === LOCAL;
  return (
    <dl className="facts">
      <dt>{local ? words.sheet.local_by : words.sheet.to}</dt>
      <dd>{local ? words.local : provider}</dd>
      {model && (
        <>
          <dt>{words.sheet.model}</dt>
          <dd>{model}</dd>
        </>
      )}
      {evidence && (
        <>
          <dt>{words.sheet.evidence}</dt>
          <dd>{evidence}</dd>
        </>
      )}
      {columns && columns.length > 0 && (
        <>
          <dt>{local ? words.sheet.local_columns : words.sheet.columns}</dt>
          <dd title={columns.join(", ")}>
            {columnNames(columns)}
            {rows ? ` (${words.sheet.rows(rows)})` : ""}
          </dd>
        </>
      )}
      {periods && (
        <>
          <dt>{words.period}</dt>
          <dd>{periods.period}</dd>
        </>
      )}
      {periods?.before && (
        <>
          <dt>{words.sheet.compared}</dt>
          <dd>
            {periods.before} ({words.sheet.compared_rows(compared_rows)})
          </dd>
        </>
      )}
      {!local && (
        <>
          <dt>{words.sheet.size}</dt>
          <dd className="figures">{words.sheet.bytes(bytes)}</dd>
          <dt>{words.sheet.masked}</dt>
          <dd>{maskedText(masked)}</dd>
        </>
      )}
      {left_out > 0 && (
        <>
          <dt>{words.sheet.left_out}</dt>
          <dd>{words.sheet.left_out_why(numberText(left_out))}</dd>
        </>
      )}
    </dl>
  );
}

/** The messages of a chat request as text; null when it is something else. */
function readableOf(disclosure: string): string | null {
  try {
    const { messages, ...rest } = JSON.parse(disclosure);
    const texts = messages.map(
      ({ role, content }: { role: string; content: string }) => `[${role}]\n${content}`,
    );
    return [...texts, `[options]\n${JSON.stringify(rest, null, 1)}`].join("\n\n");
  } catch {
    return null;
  }
}

interface SheetProps {
  given: Disclosed;
  onSend?: () => Promise<unknown> | undefined;
  onClose: () => void;
  /** What the button says where it does something else than to send this. */
  send?: string;
  children?: ReactNode;
}

export function DisclosureSheet({ given, onSend, onClose, send, children }: SheetProps) {
  const local = given.provider === LOCAL;
  const readable = readableOf(given.disclosure);
  const [exact, setExact] = useState(readable === null);
  const [isSending, setSending] = useState(false);
  const press = async () => {
    setSending(true);
    await Promise.resolve(onSend?.()).finally(() => setSending(false));
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={local ? words.sheet.local_title : words.sheet.title}
      size={760}
    >
      <div className="stack">
        {local ? (
          <Notice kind="good" icon="lock">
            {words.sheet.local}
          </Notice>
        ) : (
          <>
            <p className="quiet">{words.sheet.lead}</p>
            {readable && (
              <SegmentedControl
                size="xs"
                value={exact ? "exact" : "readable"}
                onChange={(value) => setExact(value === "exact")}
                data={[
                  { value: "exact", label: words.sheet.exact },
                  { value: "readable", label: words.sheet.readable },
                ]}
              />
            )}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls by keyboard */}
            <section className="disclosure" tabIndex={0} aria-label={words.sheet.text}>
              <MarkedText
                text={exact || !readable ? given.disclosure : readable}
                masked={given.masked}
              />
            </section>
          </>
        )}
        <DisclosureFacts given={given} />
        {children}
        <div className="row right">
          <Button variant="default" onClick={onClose}>
            {local ? words.sheet.local_close : send ? shared.act.cancel : words.sheet.not}
          </Button>
          {onSend && (
            <Button onClick={() => void press()} loading={isSending}>
              {send ?? words.sheet.send}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}

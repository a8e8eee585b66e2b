// Somebody else has saved meanwhile what is edited here: what is stored now, and which of the two is to stay.
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { words } from "~/words";
import { Notice } from "./states";

/** A row that somebody else may save while a form of it is open. */
export interface Shared<T, R> {
  /** As it was read; none when a new one is made. */
  row: R | undefined;
  /** How a row stands in the form. */
  values: (row: R) => T;
  /** Reads what is stored now. */
  read: (row: R) => Promise<R>;
  /** Its fields mean something only together: none is taken over by itself. */
  whole?: boolean;
}

/** Spaces around a text are never stored. */
const plain = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "string" ? each.trim() : each));
export const same = (a: unknown, b: unknown) => plain(a) === plain(b);

/** What was changed here, and for the rest what is stored now. */
export function merged<T extends object>(mine: T, was: T, now: T): T {
  const names = Object.keys(mine) as (keyof T)[];
  const values = names.map((name) => [name, same(mine[name], was[name]) ? now[name] : mine[name]]);
  return Object.fromEntries(values) as T;
}

/** Below a field that differs: what is stored in it. */
export function StoredNow({ value }: { value: unknown }) {
  const text = typeof value === "boolean" ? words.state[value ? "on" : "off"] : value;
  return (
    <span className="stored-now">{words.conflict.stored(String(text || words.state.none))}</span>
  );
}

interface ConflictProps {
  keep: () => void;
  take: () => void;
  /** What is stored where no field can say it. */
  children?: ReactNode;
}

/** Takes the focus: what was pressed to save may be far away. */
export function Conflict({ keep, take, children }: ConflictProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
    ref.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <Notice kind="warn" ref={ref}>
      <span className="strong">{words.conflict.title}</span>
      <span>{words.conflict.help}</span>
      {children && <StoredNow value={children} />}
      <span className="row wrap">
        <Button size="xs" variant="default" onClick={keep}>
          {words.conflict.mine}
        </Button>
        <Button size="xs" variant="default" onClick={take}>
          {words.conflict.theirs}
        </Button>
      </span>
    </Notice>
  );
}

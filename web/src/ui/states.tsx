// What a page shows when it is empty, loading, in trouble; and its head.
import { Button, Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, type Ref, useEffect, useState } from "react";
import { Problem, placesOf } from "~/api/client";
import { words } from "~/words";
import { Icon, type IconName } from "./icon";

interface HeadProps {
  title: string;
  children?: ReactNode;
  lead?: ReactNode;
  aside?: ReactNode;
}

/** Title, one sentence, and the acts of a page. */
export function PageHead({ title, lead, children, aside }: HeadProps) {
  useEffect(() => {
    document.title = `${title} · vow`;
  }, [title]);
  return (
    <header className="page-head">
      <div>
        <div className="row">
          <h1>{title}</h1>
          {aside}
        </div>
        {lead && <p>{lead}</p>}
      </div>
      {children && <div className="row wrap no-print">{children}</div>}
    </header>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  text?: string;
  /** In a line, where more stands below. */
  slim?: boolean;
  children?: ReactNode;
}

export function Empty({ icon, title, text, slim, children }: EmptyProps) {
  return (
    <div className={slim ? "state slim" : "state"}>
      <Icon name={icon} size={28} />
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}

export function Notice({
  kind = "plain",
  icon,
  ref,
  children,
}: {
  kind?: "plain" | "warn" | "bad" | "good";
  icon?: IconName;
  /** For one that takes the focus. */
  ref?: Ref<HTMLDivElement>;
  children: ReactNode;
}) {
  const own = { plain: "info", warn: "warning", bad: "warning", good: "check" } as const;
  return (
    <div
      ref={ref}
      className={`notice ${kind}`}
      role={kind === "bad" || ref ? "alert" : undefined}
      tabIndex={ref ? -1 : undefined}
    >
      <Icon name={icon ?? own[kind]} />
      <div className="stack snug grow">{children}</div>
    </div>
  );
}

export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  const known = problem && problem.status > 0 && problem.status < 500;
  const help = problem?.status === 404 ? "failed_missing" : known ? "failed_known" : "failed_help";
  return (
    <div className="state" role="alert">
      <Icon name="warning" size={28} />
      <h2>{problem?.message ?? words.state.failed}</h2>
      {problem && placesOf(problem).map((place) => <p key={place}>{place}</p>)}
      <p>{problem?.detail ?? words.state[help]}</p>
      {retry && (
        <Button variant="default" onClick={retry}>
          {words.act.retry}
        </Button>
      )}
      {problem?.request && <p className="small muted">{words.state.request(problem.request)}</p>}
    </div>
  );
}

/** True once `ms` have gone by, so that nothing flickers for an answer that comes at once. */
export function useLate(ms = 200): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

export function Loading({ rows = 5 }: { rows?: number }) {
  const late = useLate();
  const widths = ["72%", "58%", "66%", "49%", "61%"];
  return (
    <div className="stack" aria-busy="true" role="status" style={{ padding: 16, minHeight: 120 }}>
      <span className="visually-hidden">{words.state.loading}</span>
      {late &&
        Array.from({ length: rows }, (_, i) => widths[i % widths.length] ?? "60%").map(
          (width, i) => <Skeleton key={i} height={16} width={width} />,
        )}
    </div>
  );
}

interface ShowProps<T> {
  query: UseQueryResult<T, Error>;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** The result of a query, or its loading and error states. */
export function Show<T>({ query, rows, children }: ShowProps<T>) {
  if (query.data !== undefined)
    return (
      <>
        {query.error && (
          <Notice kind="warn">
            <span className="strong">{query.error.message}</span>
            <span>{words.state.stale}</span>
          </Notice>
        )}
        {children(query.data)}
      </>
    );
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Loading rows={rows} />;
}

// Who is signed in, what the role allows, and in which zone and currency the numbers are.
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { type Answer, api, isAway, Problem, reasonOf, type Whole } from "~/api/client";
import type { Permission } from "~/api/generated/permissions";
import { queryClient, refreshOthers } from "~/api/queries";
import { destroy } from "~/api/sealed";
import { storeOf } from "~/api/store";
import { notify } from "~/ui/toasts";
import { words } from "~/words";
import { recall, unchoose } from "./device";
import { go } from "./router";
import { leaveFor } from "./unsaved";

type Given = Answer<"/session">;
export type Session = Whole<Given, Exclude<keyof Given, "team">>;

const SessionContext = createContext<Session | null>(null);

const KEY = "session";
const sessionQuery = {
  queryKey: [KEY],
  queryFn: async (): Promise<Session | null> => {
    const known = current();
    /** Signed out while it was asked: what it says is of before. */
    const hasLeft = () => known !== null && current() === null;
    try {
      const session = (await api.get("/session")) as Session;
      if (hasLeft()) return null;
      // Another tab may have signed in.
      if (known) begin(session);
      return session;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (hasLeft()) return null;
      const recalled = isAway(error) && !known ? await recall() : null;
      if (recalled) return recalled;
      if (error.status !== 401) throw error;
      if (known) void ask();
      return known;
    }
  },
  staleTime: 60_000,
};

export function useSessionQuery() {
  return useQuery(sessionQuery);
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** The session, on pages behind the gate. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session here");
  return session;
}

export function may(session: Session, permission: Permission): boolean {
  return session.permissions.includes(permission);
}

/** How far a permission reaches: the own rows, those of the own team, or all. A node of an earlier
    release does not say it. */
export function reachOf(session: Session, permission: Permission) {
  if (!may(session, permission)) return "none";
  return session.reaches?.[session.permissions.indexOf(permission)] ?? "all";
}

/** Whether the role allows something: useMay()("people.write"). */
export function useMay(): (permission: Permission) => boolean {
  const session = useSession();
  return (permission) => may(session, permission);
}

/** Whether what is about a person, such as their time, is within the reach of a permission. */
export function useReaches(permission: Permission) {
  const session = useSession();
  const reach = reachOf(session, permission);
  return ({ id, team }: { id: string; team?: string | null }) =>
    reach === "all" ||
    (reach !== "none" && id === session.person) ||
    (reach === "team" && Boolean(team) && team === session.team);
}

const current = () => queryClient.getQueryData<Session | null>(sessionQuery.queryKey) ?? null;

/** While the session has ended and its page still stands: what waits until the person is back. */
const pause = storeOf<{ promise: Promise<void>; over: () => void } | null>(null);

/** Whether the person has to sign in again. */
export const useIsPaused = () => pause.use() !== null;

/** Asks to sign in again; resolves when the same person is back, and never for anybody else. */
export function ask(): Promise<void> {
  if (!current()) return new Promise(() => {});
  const waits = pause.get();
  if (waits) return waits.promise;
  let over = () => {};
  const promise = new Promise<void>((resolve) => {
    over = resolve;
  });
  pause.set({ promise, over });
  // Looked at again as soon as the page is: another tab may have signed in.
  void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey, refetchType: "none" });
  return promise;
}

/** Nothing of an earlier account stays but the session's own query, which the gate is watching. Other windows,
    which would act for whoever it is now, look who that is. */
function replace(session: Given | null) {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY });
  queryClient.setQueryData(sessionQuery.queryKey, session);
  pause.set(null);
  refreshOthers(KEY);
}

/** After sign-in and sign-up. */
export function begin(session: Given) {
  if (current()?.person !== session.person) return replace(session);
  queryClient.setQueryData(sessionQuery.queryKey, session);
  pause.get()?.over();
  pause.set(null);
}

/** Nothing of what was shown stays on the device; what was not sent does, until the person is back. */
export async function end() {
  replace(null);
  await unchoose();
}

/** The end of a session that leaves nothing of the person in the browser. */
export async function forget() {
  const person = current()?.person;
  try {
    await end();
  } finally {
    if (person) await destroy(person);
  }
}

/** What the server knew when it sent a stranger's page, so that nobody is asked. */
export function beNobody() {
  queryClient.setQueryData(sessionQuery.queryKey, null);
}

/** Asked when somebody signs out; false when the session is to go on. */
let mayLeave = async () => true;
export function beforeSignOut(ask: () => Promise<boolean>) {
  mayLeave = ask;
  return () => {
    mayLeave = async () => true;
  };
}

export function signOut(to?: string) {
  leaveFor(async () => {
    if (await mayLeave()) await leave(to);
  });
}

/** Ends the session, and what the browser kept of the person; while the server has not ended it, the
    page says that it goes on. */
export async function leave(to = "/sign-in") {
  try {
    await api.delete("/session");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 401) {
      notify(words.shell.not_signed_out(reasonOf(error)), { bad: true });
      return;
    }
  }
  void forget();
  go(to, { anyway: true });
}

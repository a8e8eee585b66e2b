// Who is signed in, what the role allows, and in which zone and currency the numbers are.
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { type Answer, api, Problem, type Whole } from "~/api/client";
import type { Permission } from "~/api/generated/permissions";
import { queryClient } from "~/api/queries";
import { go } from "./router";

type Given = Answer<"/session">;
export type Session = Whole<Given, Exclude<keyof Given, "team">>;

const SessionContext = createContext<Session | null>(null);

export const sessionQuery = {
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return (await api.get("/session")) as Session;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
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

/** Whether the role allows something: useMay()("people.write"). */
export function useMay(): (permission: Permission) => boolean {
  const session = useSession();
  return (permission) => may(session, permission);
}

/** Nothing of an earlier account stays but the session's own query, which the gate is watching. */
function replace(session: Given | null) {
  const [key] = sessionQuery.queryKey;
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== key });
  queryClient.setQueryData(sessionQuery.queryKey, session);
}

/** After sign-in and sign-up. */
export function begin(session: Given) {
  replace(session);
}

export function end() {
  replace(null);
}

export async function signOut() {
  await api.delete("/session").catch(() => {});
  end();
  go("/sign-in");
}

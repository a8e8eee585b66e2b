// The rooms: address, icon, who may enter, and the page, which is loaded when it is needed.
import { type ComponentType, lazy } from "react";
import { lost } from "~/api/client";
import type { Permission } from "~/api/generated/permissions";
import { isReached } from "~/api/reach";
import type { IconName } from "~/ui/icon";
import { words } from "~/words";
import { match } from "./router";
import { may, type Session } from "./session";

type Page = ComponentType<{ params: Record<string, string> }>;
type Load = () => Promise<{ default: Page }>;

interface Place {
  path: string;
  page: Page;
  load: Load;
  /** Any of these. */
  needs: Permission[];
}

function place(path: string, from: Load, ...needs: Permission[]): Place {
  const load = () => from().catch(lost);
  return { path, page: lazy(load), load, needs };
}

/** After a page was not loaded: it is asked for once more. After an upgrade of the server it has another
    name, which a new start of the app knows. */
export function reload(place: Place | undefined) {
  if (!place || isReached()) return location.reload();
  place.page = lazy(place.load);
}

const places: Place[] = [
  place("/", () => import("~/feature/time/today"), "time.write"),
  place("/time", () => import("~/feature/time/week"), "time.write"),
  place("/time/entries", () => import("~/feature/time/entries"), "time.read"),
  place("/time/import", () => import("~/feature/time/import"), "time.import"),
  place("/projects", () => import("~/feature/time/projects")),
  place("/projects/{kind}", () => import("~/feature/time/projects")),
  place("/reports", () => import("~/feature/reports/reports"), "time.read"),
  place("/insights", () => import("~/feature/ai/insights")),
  place("/insights/receipts", () => import("~/feature/ai/receipts")),
  place("/forms", () => import("~/feature/forms/forms"), "forms.fill"),
  place("/forms/new", () => import("~/feature/forms/new"), "forms.manage"),
  place("/forms/{form}", () => import("~/feature/forms/form"), "forms.fill"),
  place("/forms/{form}/{tab}", () => import("~/feature/forms/form"), "forms.fill"),
  place("/people", () => import("~/feature/organisation/people"), "people.read"),
  place("/people/teams", () => import("~/feature/organisation/teams"), "people.read"),
  place("/people/roles", () => import("~/feature/organisation/roles"), "people.read"),
  place("/privacy", () => import("~/feature/privacy/privacy")),
  place("/privacy/data", () => import("~/feature/privacy/privacy"), "privacy.map"),
  place(
    "/privacy/requests",
    () => import("~/feature/privacy/privacy"),
    "privacy.export",
    "privacy.erase",
    "privacy.end",
  ),
  place("/privacy/audit", () => import("~/feature/privacy/privacy"), "audit.read"),
  place("/promises", () => import("~/feature/promises/promises")),
  place("/settings", () => import("~/feature/organisation/settings")),
  place("/settings/{tab}", () => import("~/feature/organisation/settings")),
];

/** What is no id is asked of nobody. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function find(path: string): { place: Place; params: Record<string, string> } | null {
  for (const place of places) {
    const params = match(place.path, path);
    if (params && (params.form === undefined || ID.test(params.form))) return { place, params };
  }
  return null;
}

/** Whether there is a page at an address that somebody may see. */
export function mayEnter(session: Session, path: string): boolean {
  const needs = find(path)?.place.needs;
  return needs !== undefined && (needs.length === 0 || needs.some((name) => may(session, name)));
}

/** Fetches the script of a page before it is asked for. */
export function prefetch(path: string) {
  find(path)
    ?.place.load()
    .catch(() => {});
}

export interface Room {
  path: string;
  icon: IconName;
  name: string;
  /** Below the others in the rail. */
  below?: boolean;
}

export const rooms: Room[] = [
  { path: "/", icon: "today", name: words.rooms.today },
  { path: "/time", icon: "week", name: words.rooms.time },
  { path: "/reports", icon: "reports", name: words.rooms.reports },
  { path: "/time/entries", icon: "entries", name: words.rooms.entries },
  { path: "/insights", icon: "insights", name: words.rooms.insights },
  { path: "/forms", icon: "forms", name: words.rooms.forms },
  { path: "/projects", icon: "folder", name: words.rooms.projects },
  { path: "/people", icon: "people", name: words.rooms.people },
  { path: "/time/import", icon: "import", name: words.rooms.import },
  { path: "/privacy", icon: "privacy", name: words.rooms.privacy, below: true },
  { path: "/promises", icon: "promises", name: words.rooms.promises, below: true },
  { path: "/settings", icon: "settings", name: words.rooms.settings, below: true },
];

/** The rooms that somebody may enter; the first is where to begin. */
export const roomsOf = (session: Session) => rooms.filter(({ path }) => mayEnter(session, path));

const holds = (room: string, path: string) =>
  room === "/" ? path === "/" : path === room || path.startsWith(`${room}/`);

/** Whether a room is the one of an address; the longest that fits is. */
export function isHere(room: string, path: string): boolean {
  if (!holds(room, path)) return false;
  return !rooms.some((other) => other.path.length > room.length && holds(other.path, path));
}

// Addresses and pages: history, links, parameters, filters that live in the URL.
import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";
import { isUnsaved, leaveFor } from "./unsaved";

interface Place {
  pathname: string;
  search: string;
}

const listeners = new Set<() => void>();
const read = (): Place => ({ pathname: location.pathname, search: location.search });

/** What is shown; while it is asked whether to leave it, the browser may be elsewhere. There is no place
    while a page is drawn as the app is built. */
let shown = globalThis.location && read();
/** Which entry of the history that is: noted with it, also of the one that the app began at. */
let at: number = globalThis.history?.state?.at ?? 0;
globalThis.history?.replaceState({ at }, "");
/** That it is left was agreed to. */
let agreed = false;

function show() {
  shown = read();
  for (const listener of listeners) listener();
}

/** The browser has gone back or forward. Where something unsaved is left, it returns until that is
    agreed to. */
function turned() {
  if (history.state === null) history.replaceState({ at: at + 1 }, ""); // a link within the page
  const by = history.state.at - at;
  const leaves = location.pathname !== shown.pathname;
  if (leaves && !agreed && isUnsaved()) {
    history.go(-by);
    return leaveFor(() => {
      agreed = true;
      history.go(by);
    });
  }
  // On the way back from there, or there after all.
  agreed = false;
  at = history.state.at;
  show();
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) window.addEventListener("popstate", turned);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Goes to an address, unless a page with something unsaved is kept; nobody is asked `anyway`. */
export function go(to: string, { replace = false, anyway = false } = {}) {
  if (to === shown.pathname + shown.search) return;
  const leaves = new URL(to, location.href).pathname !== shown.pathname;
  const turn = () => {
    if (!replace) at++;
    history[replace ? "replaceState" : "pushState"]({ at }, "", to);
    if (leaves) window.scrollTo(0, 0);
    show();
  };
  if (leaves && !anyway) leaveFor(turn);
  else turn();
}

/** Of a page that is drawn while the app is built, too. */
const drawn = () => location.pathname;

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => shown.pathname, drawn);
}

/** The filters of the page; setting one replaces the address, null removes it. */
export function useFilters(): [
  URLSearchParams,
  (changes: Record<string, string | null | undefined>) => void,
] {
  const search = useSyncExternalStore(
    subscribe,
    () => shown.search,
    () => "", // A page that is drawn while the app is built has none.
  );
  const filters = useMemo(() => new URLSearchParams(search), [search]);
  const set = useCallback((changes: Record<string, string | null | undefined>) => {
    const next = new URLSearchParams(shown.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    go(shown.pathname + (next.size ? `?${next}` : ""), { replace: true });
  }, []);
  return [filters, set];
}

/** Opens what an address asks for beyond its page, such as "?new=true", once. */
export function useAsked(name: string, open: () => unknown) {
  const [filters, setFilters] = useFilters();
  const asked = filters.has(name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address asks, whatever opens it
  useEffect(() => {
    if (!asked) return;
    setFilters({ [name]: null });
    open();
  }, [asked]);
}

/** A part of an address as it is meant; one that is not well written stays as it is, and names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Parameters of a path by a pattern such as "/forms/{form}", or null when it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = (path === "/" ? path : path.replace(/\/$/, "")).split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    if (part.startsWith("{")) params[part.slice(1, -1)] = decoded(value);
    else if (part !== value) return null;
  }
  return params;
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
}

export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}

// Addresses and pages: history, links, parameters, filters that live in the URL.
import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useSyncExternalStore,
} from "react";

const listeners = new Set<() => void>();
const guards = new Set<() => boolean>();

function tell() {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) window.addEventListener("popstate", tell);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const here = () => location.pathname + location.search;

/** Whether unsaved changes are left, which asks when there are any. */
export function mayLeave(): boolean {
  for (const guard of guards) if (!guard()) return false;
  return true;
}

/** Goes to an address unless a page with unsaved changes is kept. */
export function go(to: string, { replace = false } = {}) {
  if (to === here()) return;
  const leaves = new URL(to, location.href).pathname !== location.pathname;
  if (leaves && !mayLeave()) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  if (leaves) window.scrollTo(0, 0);
  tell();
}

const path = () => location.pathname;

export function usePath(): string {
  return useSyncExternalStore(subscribe, path, path);
}

/** The filters of the page; setting one replaces the address, null removes it. */
export function useFilters(): [
  URLSearchParams,
  (changes: Record<string, string | null | undefined>) => void,
] {
  const search = useSyncExternalStore(
    subscribe,
    () => location.search,
    () => "", // A page that is drawn while the app is built has none.
  );
  const filters = useMemo(() => new URLSearchParams(search), [search]);
  const set = useCallback((changes: Record<string, string | null | undefined>) => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    go(location.pathname + (next.size ? `?${next}` : ""), { replace: true });
  }, []);
  return [filters, set];
}

/** Opens what an address asks for beyond its page, such as "?new=true", once. */
export function useAsked(name: string, open: () => void) {
  const [filters, setFilters] = useFilters();
  const asked = filters.has(name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address asks, whatever opens it
  useEffect(() => {
    if (!asked) return;
    setFilters({ [name]: null });
    open();
  }, [asked]);
}

/** Asks before a page with unsaved changes is left; without a question, only before the app is. */
export function useGuard(dirty: boolean, question?: string) {
  useEffect(() => {
    if (!dirty) return;
    const guard = () => !question || window.confirm(question);
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    guards.add(guard);
    window.addEventListener("beforeunload", unload);
    return () => {
      guards.delete(guard);
      window.removeEventListener("beforeunload", unload);
    };
  }, [dirty, question]);
}

/** Parameters of a path by a pattern such as "/forms/{form}", or null when it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = (path === "/" ? path : path.replace(/\/$/, "")).split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    if (part.startsWith("{")) params[part.slice(1, -1)] = decodeURIComponent(value);
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

// Keys that work on every page, but not while somebody types.

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select, [role=combobox]"));

/** Calls a handler on its key ("t", "?", "ctrl+k"); returns what stops listening. */
export function onKeys(handlers: Record<string, () => void>): () => void {
  const listen = (event: KeyboardEvent) => {
    const held = event.ctrlKey || event.metaKey;
    const key = (held ? "ctrl+" : "") + event.key.toLowerCase();
    const handler = handlers[key];
    if (!handler || event.altKey || event.defaultPrevented) return;
    if (!held && (isTyping(event.target) || document.querySelector("[aria-modal=true]"))) return;
    event.preventDefault();
    handler();
  };
  window.addEventListener("keydown", listen);
  return () => window.removeEventListener("keydown", listen);
}

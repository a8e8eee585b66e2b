// Keys that work on every page, but not while somebody types.

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select, [role=combobox]"));

/** Calls a handler on its key ("t", "?", "ctrl+k"); returns what stops listening. */
export function onKeys(handlers: Record<string, () => void>): () => void {
  /** The key that has just acted: while it is held it does nothing more, and types into nothing that it led to. */
  let acted = "";
  const listen = (event: KeyboardEvent) => {
    if (event.repeat && event.key === acted) return event.preventDefault();
    acted = "";
    const held = event.ctrlKey || event.metaKey;
    const key = (held ? "ctrl+" : "") + event.key.toLowerCase();
    const handler = handlers[key];
    if (!handler || event.altKey || event.defaultPrevented) return;
    if (!held && (isTyping(event.target) || document.querySelector("[aria-modal=true]"))) return;
    event.preventDefault();
    acted = event.key;
    handler();
  };
  window.addEventListener("keydown", listen);
  return () => window.removeEventListener("keydown", listen);
}

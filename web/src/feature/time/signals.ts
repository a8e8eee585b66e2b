// What keys and the palette ask of the timer and the entry form, wherever those stand.
type Signal = "timer" | "entry";

const listeners: Record<Signal, Set<() => void>> = { timer: new Set(), entry: new Set() };

export function emit(signal: Signal) {
  for (const listener of listeners[signal]) listener();
}

export function listen(signal: Signal, listener: () => void): () => void {
  listeners[signal].add(listener);
  return () => {
    listeners[signal].delete(listener);
  };
}

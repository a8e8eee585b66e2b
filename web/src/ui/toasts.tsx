// Short notices with at most one act, such as undo for ten seconds; read out by screen readers.
import { Problem, reasonOf } from "~/api/client";
import { storeOf } from "~/api/store";
import { words } from "~/words";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  act?: { label: string; run: () => void };
}

const toasts = storeOf<Toast[]>([]);
let last = 0;

function dismiss(id: number) {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

interface Options {
  bad?: boolean;
  act?: { label: string; run: () => void };
}

/** At most two stand over a page: the new one, and one before it, sooner one that offers an act. */
export function notify(text: string, { bad = false, act }: Options = {}) {
  const id = ++last;
  const others = toasts.get().filter((toast) => toast.text !== text);
  const kept = others.findLast(({ act }) => act) ?? others.at(-1);
  toasts.set([...(kept ? [kept] : []), { id, text, bad, act }]);
  setTimeout(() => dismiss(id), act || bad ? 10_000 : 4_000);
}

/** Says why something was not done. What is no answer of the server is thrown on. */
export function notifyProblem(error: unknown) {
  if (!(error instanceof Problem)) throw error;
  notify(reasonOf(error), { bad: true });
}

/** Says what was done, with ten seconds to take it back. */
export function notifyUndo(text: string, undo: () => void) {
  notify(text, { act: { label: words.act.undo, run: undo } });
}

/** What went wrong on a page is not said on the next one, unless something can be done about it. */
export function forgetBad() {
  const shown = toasts.get();
  if (shown.some(({ bad }) => bad)) toasts.set(shown.filter(({ bad, act }) => !bad || act));
}

export function Toasts() {
  const shown = toasts.use();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, bad, act }) => (
        <div key={id} className={bad ? "toast bad" : "toast"}>
          <span className="grow">{text}</span>
          <button
            type="button"
            onClick={() => {
              act?.run();
              dismiss(id);
            }}
          >
            {act?.label ?? words.act.dismiss}
          </button>
        </div>
      ))}
    </div>
  );
}

// A form's state: values, what the server said about each field, what others saved meanwhile, unsaved
// changes, Ctrl+Enter.
import { Button } from "@mantine/core";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Problem, placesOf } from "~/api/client";
import { queryClient } from "~/api/queries";
import { Layer, leaveFor, useGuard } from "~/shell/unsaved";
import { words } from "~/words";
import { Conflict, merged, type Shared, StoredNow, same } from "./conflict";
import { Making } from "./picking";
import { notifyUndone, useStands } from "./stands";
import { Notice } from "./states";
import { numberText } from "./time";

interface Versioned {
  version: number;
}

interface Options<T, R> {
  initial: T;
  shared?: Shared<T, R>;
  /** Problems that are known before anything is sent, by field. */
  check?: (values: T) => Partial<Record<keyof T, string | null | false>>;
  /** The longest text of a field: limitsOf("/clients"). */
  max?: (name: string) => number | undefined;
  /** Saves, as a change of that row; false when it could not, and the form says so itself. */
  submit: (values: T, row: R | undefined) => Promise<unknown>;
  /** What follows when it was saved and the form still stands, such as closing it. */
  done?: () => void;
  /** Whether it is asked before unsaved changes are left, or which are worth it. */
  guard?: boolean | ((values: T) => boolean);
}

/** Where a JSON pointer leads, "fields/0/label", and the field that it is in, "fields". */
const placeOf = (pointer: string) => pointer.slice(1);
const fieldOf = (place: string) => place.split("/")[0] ?? "";

/** Lengths as the server counts them. */
const lengthOf = (text: unknown) => (typeof text === "string" ? [...text].length : 0);

/** By how much a text is too long: it is kept and refused, never cut. */
export function overText(text: unknown, max: number | undefined): string | null {
  const over = max === undefined ? 0 : lengthOf(text) - max;
  return over > 0 ? words.form.over(numberText(max ?? 0), numberText(over)) : null;
}

/** How much of its limit a text has used, once it comes near. */
function usedText(text: unknown, max: number | undefined): string | null {
  const used = lengthOf(text);
  const near = max !== undefined && used > max * 0.8 && used <= max;
  return near ? words.form.of(numberText(used), numberText(max)) : null;
}

export function useForm<T extends object, R extends Versioned = Versioned>(options: Options<T, R>) {
  const { initial, shared, check, max, submit, done, guard = true } = options;
  const [values, setValues] = useState(initial);
  /** The values as they are when something awaited is there, in no render yet. */
  const latest = useRef(initial);
  /** The row that a change is of, and what of it stood here. */
  const row = useRef(shared?.row);
  const stood = useRef(initial);
  /** The row that the values come from. */
  const [origin, setOrigin] = useState(shared?.row);
  const [theirs, setTheirs] = useState<R | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const making = useRef(new Set<Promise<boolean>>());
  const [dirty, setDirty] = useState(false);
  /** The texts that somebody has typed into. */
  const typedInto = useRef(new Set<keyof T>());
  /** How often it was refused because of a field. */
  const [refusals, setRefusals] = useState(0);
  const stands = useStands();

  const change = (to: T) => {
    latest.current = to;
    setValues(to);
  };
  const set = (changes: Partial<T>) => {
    change({ ...latest.current, ...changes });
    setErrors((old) =>
      Object.fromEntries(Object.entries(old).filter(([place]) => !(fieldOf(place) in changes))),
    );
    setDirty(true);
  };

  const reset = (to: T) => {
    stood.current = to;
    change(to);
    setErrors({});
    setProblem(null);
    setDirty(false);
  };
  const adopt = (now: R) => {
    row.current = now;
    setOrigin(now);
    setTheirs(null);
    if (shared) reset(shared.values(now));
  };
  // What is stored now replaces what was stored before, but not what is being edited.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is stored is named by its version
  useEffect(() => {
    const now = shared?.row;
    if (now && row.current && !dirty && now.version > row.current.version) adopt(now);
  }, [dirty, shared?.row?.version]);

  /** Saves to the row that is known. Where somebody else has saved something else, it becomes a choice. */
  const save = async (sent: T, again = true): Promise<unknown> => {
    try {
      return await submit(sent, row.current);
    } catch (error) {
      const isConflict = error instanceof Problem && error.kind === "version-mismatch";
      if (!isConflict || !shared || !row.current) throw error;
      const now = await shared.read(row.current);
      if (!stands.current) throw error;
      const stored = shared.values(now);
      const mine = (values: T) => (shared.whole ? values : merged(values, stood.current, stored));
      if (again && same(mine(sent), stored)) {
        row.current = now; // such as by a first try, of which the answer was lost
        return save(mine(sent), false);
      }
      change(mine(latest.current));
      stood.current = stored;
      setTheirs(now);
      void queryClient.invalidateQueries();
      return false;
    }
  };

  const sendNow = async (changes?: Partial<T>) => {
    const from = latest.current;
    const was = row.current;
    const sent = { ...from, ...changes };
    const checked = Object.entries(check?.(sent) ?? {});
    const over = Object.entries(sent).map(([name, value]) => [name, overText(value, max?.(name))]);
    const found = [...checked, ...over].filter(([, text]) => text);
    setErrors(Object.fromEntries(found) as Record<string, string>);
    setProblem(null);
    setTheirs(null);
    if (found.length > 0) return setRefusals((n) => n + 1);
    try {
      if ((await save(sent)) === false) return;
      stood.current = sent;
      // What was typed meanwhile is not saved.
      if (latest.current === from) {
        setDirty(false);
        if (row.current && row.current !== was) adopt(row.current);
      }
      if (stands.current) done?.();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!stands.current) return notifyUndone(error);
      const places = error.errors.map(
        ({ pointer, problem }) => [placeOf(pointer), problem] as const,
      );
      const named = places.filter(([place]) => fieldOf(place) in values);
      setErrors(
        Object.fromEntries(
          named.flatMap(([place, text]) => [
            [fieldOf(place), text],
            [place, text],
          ]),
        ),
      );
      if (named.length > 0) setRefusals((n) => n + 1);
      setProblem(named.length > 0 && named.length === error.errors.length ? null : error);
    }
  };

  /** Sends the values, with the changes that the act itself makes; first what was to be made is. */
  const send = async (changes?: Partial<T>) => {
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    try {
      const made = await Promise.all(making.current);
      if (made.every(Boolean)) await sendNow(changes);
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };

  const stored = theirs && shared ? shared.values(theirs) : null;
  const storedOf = <K extends keyof T>(name: K): T[K] | undefined =>
    stored && !same(stored[name], values[name]) ? stored[name] : undefined;
  /** What stands below a field, when it is not its help. */
  const below = (name: keyof T) => {
    const value = storedOf(name);
    if (value !== undefined) return { description: <StoredNow value={value} /> };
    const used = usedText(values[name], max?.(name as string));
    return used && { description: used };
  };
  const choice = theirs && {
    keep: () => {
      row.current = theirs;
      void send();
    },
    take: () => adopt(theirs),
  };

  const isGuarded = typeof guard === "function" ? guard(values) : guard;
  /** What was typed and taken back is no change. */
  const differs = (name: keyof T) => !same(values[name], stood.current[name]);
  const unsaved = isGuarded && dirty && !busy && !same(values, stood.current);

  return {
    values,
    errors,
    problem,
    choice,
    origin,
    /** What is stored, as far as it is known. */
    row: theirs ?? row.current,
    busy,
    dirty,
    unsaved,
    /** Whether a text is among it, which is longer to type again than to choose something. */
    typed: unsaved && [...typedInto.current].some(differs),
    refusals,
    set,
    reset,
    send,
    /** Notes what is stored now, in a form that stays open or has more to save. */
    know: (now: R) => {
      row.current = now;
    },
    /** What somebody else has stored in a field meanwhile, where it differs. */
    storedOf,
    /** What has to be there before the values are sent. */
    await: (doing: Promise<boolean>) => {
      making.current.add(doing);
      void doing.finally(() => making.current.delete(doing));
    },
    /** Notes a problem of one field. */
    fail: (name: string, text: string) => setErrors((old) => ({ ...old, [name]: text })),
    /** Props of a text input. */
    text: (name: keyof T & string) => {
      const error = errors[name] ?? overText(values[name], max?.(name));
      return {
        name,
        value: (values[name] ?? "") as string,
        readOnly: busy,
        error,
        "aria-invalid": Boolean(error), // which Mantine leaves out of passwords and checkboxes
        onChange: (event: { currentTarget: { value: string } }) => {
          typedInto.current.add(name);
          set({ [name]: event.currentTarget.value } as Partial<T>);
        },
        ...below(name),
      };
    },
    /** Props of a select. */
    select: (name: keyof T & string) => ({
      name,
      value: (values[name] as string | null) || null,
      readOnly: busy,
      error: errors[name],
      onChange: (value: string | null) => set({ [name]: value } as Partial<T>),
      ...(theirs && { stored: storedOf(name) as string | null | undefined }),
    }),
    /** Props of a checkbox or switch. */
    check: (name: keyof T & string) => ({
      name,
      checked: Boolean(values[name]),
      error: errors[name],
      "aria-invalid": Boolean(errors[name]),
      onChange: (event: { currentTarget: { checked: boolean } }) =>
        set({ [name]: event.currentTarget.checked } as Partial<T>),
      ...below(name),
    }),
  };
}

const REFUSED =
  ":is(input, textarea, button):is([aria-invalid=true], [data-invalid], [data-error]):not(:disabled)";

const FIRST = ":is(input, textarea):not([type=hidden], [readonly], :disabled)";

interface FormProps {
  form: Pick<
    ReturnType<typeof useForm>,
    "send" | "await" | "problem" | "choice" | "refusals" | "unsaved"
  >;
  /** What somebody else has stored where no field can say it. */
  stored?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** What opens above a page begins at the first field of its form. Whoever sends what is refused is taken to
    the first field that is to blame. */
export function Form({ form, stored, children, className = "stack" }: FormProps) {
  const ref = useRef<HTMLFormElement>(null);
  const layer = useContext(Layer);
  useLayoutEffect(() => {
    const field = layer && ref.current?.querySelector<HTMLElement>(FIRST);
    if (!field) return;
    const isOpen = field.closest("[role=dialog]")?.contains(document.activeElement);
    if (isOpen) field.focus();
    else field.setAttribute("data-autofocus", "true"); // what opens looks for it
  }, [layer]);
  useGuard(form.unsaved, words.form.lost); // here, for it is in what is open
  useEffect(() => {
    const field = form.refusals > 0 && ref.current?.querySelector<HTMLElement>(REFUSED);
    if (!field) return;
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" }); // clear of the bars that stick
  }, [form.refusals]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void form.send();
  };
  /** The button that was pressed goes. */
  const chosen = (act: () => void) => () => {
    ref.current?.querySelector<HTMLElement>("input, textarea")?.focus();
    act();
  };
  const keys = (event: KeyboardEvent) => {
    const isAct = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    // What a dialog opened from here is told comes by here, too.
    if (!isAct || !ref.current?.contains(event.target as Node)) return;
    event.preventDefault();
    void form.send();
  };
  return (
    // Sent by a browser without our script, nothing typed would get into an address.
    <form
      ref={ref}
      className={className}
      method="post"
      onSubmit={submit}
      onKeyDown={keys}
      noValidate
    >
      {form.problem && <ProblemNotice problem={form.problem} />}
      {form.choice && (
        <Conflict keep={chosen(form.choice.keep)} take={chosen(form.choice.take)}>
          {stored}
        </Conflict>
      )}
      <Making value={form.await}>{children}</Making>
    </form>
  );
}

export function ProblemNotice({ problem }: { problem: Problem }) {
  return (
    <Notice kind="bad">
      <span className="strong">{problem.message}</span>
      {[problem.detail, ...placesOf(problem)].filter(Boolean).map((line) => (
        <span key={line}>{line}</span>
      ))}
    </Notice>
  );
}

interface SubmitProps {
  form: { busy: boolean; typed: boolean };
  label?: string;
  disabled?: boolean;
  onCancel?: () => void;
  /** Other acts, before the main one. */
  children?: ReactNode;
}

/** Who cancels means it, and is asked only before a text is lost. */
export function Submit(props: SubmitProps) {
  const { form, label = words.act.save, disabled, onCancel, children } = props;
  const layer = useContext(Layer);
  const cancel = onCancel && (() => (form.typed ? leaveFor(onCancel, layer) : onCancel()));
  return (
    <div className="row right">
      {cancel && (
        <Button variant="default" onClick={cancel}>
          {words.act.cancel}
        </Button>
      )}
      {children}
      <Button type="submit" loading={form.busy} disabled={disabled}>
        {label}
      </Button>
    </div>
  );
}

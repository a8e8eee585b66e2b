// A form's state: values, what the server said about each field, unsaved changes, Ctrl+Enter.
import { Button } from "@mantine/core";
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import { Problem, placesOf } from "~/api/client";
import { useGuard } from "~/shell/router";
import { words } from "~/words";
import { Making } from "./picking";
import { notifyUndone, useStands } from "./stands";
import { Notice } from "./states";
import { numberText } from "./time";

interface Options<T> {
  initial: T;
  /** Problems that are known before anything is sent, by field. */
  check?: (values: T) => Partial<Record<keyof T, string | null | false>>;
  /** The longest text of a field: limitsOf("/clients"). */
  max?: (name: string) => number | undefined;
  /** Saves; false when it could not, and the form says so itself. */
  submit: (values: T) => Promise<unknown>;
  /** What follows when it was saved and the form still stands, such as closing it. */
  done?: () => void;
  /** Ask before unsaved changes are left. */
  guard?: boolean;
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

export function useForm<T extends object>(options: Options<T>) {
  const { initial, check, max, submit, done, guard } = options;
  const [values, setValues] = useState(initial);
  /** The values as they are when something awaited is there, in no render yet. */
  const latest = useRef(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const making = useRef(new Set<Promise<boolean>>());
  const [dirty, setDirty] = useState(false);
  /** How often it was refused because of a field. */
  const [refusals, setRefusals] = useState(0);
  const stands = useStands();
  useGuard(guard === true && dirty && !busy, words.form.leave);

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

  const sendNow = async (changes?: Partial<T>) => {
    const from = latest.current;
    const sent = { ...from, ...changes };
    const checked = Object.entries(check?.(sent) ?? {});
    const over = Object.entries(sent).map(([name, value]) => [name, overText(value, max?.(name))]);
    const found = [...checked, ...over].filter(([, text]) => text);
    setErrors(Object.fromEntries(found) as Record<string, string>);
    setProblem(null);
    if (found.length > 0) return setRefusals((n) => n + 1);
    try {
      if ((await submit(sent)) === false) return;
      // What was typed meanwhile is not saved.
      if (latest.current === from) setDirty(false);
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

  return {
    values,
    errors,
    problem,
    busy,
    dirty,
    refusals,
    set,
    reset: (to: T) => {
      change(to);
      setErrors({});
      setProblem(null);
      setDirty(false);
    },
    send,
    /** What has to be there before the values are sent. */
    await: (doing: Promise<boolean>) => {
      making.current.add(doing);
      void doing.finally(() => making.current.delete(doing));
    },
    /** Notes a problem of one field. */
    fail: (name: string, text: string) => setErrors((old) => ({ ...old, [name]: text })),
    /** Props of a text input. */
    text: (name: keyof T & string) => {
      const used = usedText(values[name], max?.(name));
      const error = errors[name] ?? overText(values[name], max?.(name));
      return {
        name,
        value: (values[name] ?? "") as string,
        readOnly: busy,
        error,
        "aria-invalid": Boolean(error), // which Mantine leaves out of passwords and checkboxes
        onChange: (event: { currentTarget: { value: string } }) =>
          set({ [name]: event.currentTarget.value } as Partial<T>),
        ...(used && { description: used }),
      };
    },
    /** Props of a select. */
    select: (name: keyof T & string) => ({
      name,
      value: (values[name] as string | null) || null,
      readOnly: busy,
      error: errors[name],
      onChange: (value: string | null) => set({ [name]: value } as Partial<T>),
    }),
    /** Props of a checkbox or switch. */
    check: (name: keyof T & string) => ({
      name,
      checked: Boolean(values[name]),
      error: errors[name],
      "aria-invalid": Boolean(errors[name]),
      onChange: (event: { currentTarget: { checked: boolean } }) =>
        set({ [name]: event.currentTarget.checked } as Partial<T>),
    }),
  };
}

const REFUSED =
  ":is(input, textarea, button):is([aria-invalid=true], [data-invalid], [data-error]):not(:disabled)";

interface FormProps {
  form: Pick<ReturnType<typeof useForm>, "send" | "await" | "problem" | "refusals">;
  children: ReactNode;
  className?: string;
}

/** Whoever sends what is refused is taken to the first field that is to blame. */
export function Form({ form, children, className = "stack" }: FormProps) {
  const ref = useRef<HTMLFormElement>(null);
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
  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
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
  form: { busy: boolean };
  label?: string;
  disabled?: boolean;
  onCancel?: () => void;
  /** Other acts, before the main one. */
  children?: ReactNode;
}

export function Submit(props: SubmitProps) {
  const { form, label = words.act.save, disabled, onCancel, children } = props;
  return (
    <div className="row right">
      {onCancel && (
        <Button variant="default" onClick={onCancel}>
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

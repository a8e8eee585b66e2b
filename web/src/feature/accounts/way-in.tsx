// The frame of the pages before the shell: a form, and beside it what can be expected.
import { PasswordInput } from "@mantine/core";
import type { ComponentProps, ReactNode } from "react";
import { least, limit } from "~/api/limits";
import { Icon } from "~/ui/icon";
import { PageHead } from "~/ui/states";
import { words as shared } from "~/words";
import { words } from "./words";

const PASSWORD_MIN = least("/accounts", "password");
const PASSWORD_MAX = limit("/accounts", "password") ?? Number.POSITIVE_INFINITY;

interface WayInProps {
  title: string;
  lead: ReactNode;
  children: ReactNode;
}

export function WayIn({ title, lead, children }: WayInProps) {
  return (
    <div className="gate">
      <main className="gate-form">
        <div className="brand">
          <img src="/icon.svg" alt="" />
          {shared.app}
        </div>
        <PageHead title={title} lead={lead} />
        {children}
      </main>
      <aside className="gate-side" aria-label={shared.app}>
        <h2>{words.side.title}</h2>
        <ul>
          {words.side.points.map((point) => (
            <li key={point}>
              <Icon name="check" />
              {point}
            </li>
          ))}
        </ul>
      </aside>
    </div>
  );
}

export function passwordProblem(password: string): string | null {
  if ([...password].length > PASSWORD_MAX) return words.password.long;
  return [...password].length < PASSWORD_MIN ? words.password.rule(PASSWORD_MIN) : null;
}

/** A new password, with its rule known before typing ends. */
export function NewPassword(props: ComponentProps<typeof PasswordInput> & { value: string }) {
  const length = [...props.value].length;
  const left = PASSWORD_MIN - length;
  const state =
    props.value === ""
      ? words.password.rule(PASSWORD_MIN)
      : length > PASSWORD_MAX
        ? words.password.long
        : left > 0
          ? words.password.left(left)
          : words.password.enough;
  return (
    <PasswordInput
      label={words.field.password}
      description={state === props.error ? undefined : state}
      autoComplete="new-password"
      required
      {...props}
    />
  );
}

// The own account: name, time zone, email address, password; and whether this device keeps some of it.
import { PasswordInput, type PasswordInputProps, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { queryClient, refresh } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { canChoose, choose, isChosen, unchoose } from "~/shell/device";
import { useSession } from "~/shell/session";
import { Eye } from "~/ui/eye";
import { Form, Submit, useForm } from "~/ui/form";
import { Show } from "~/ui/states";
import { notify } from "~/ui/toasts";
import { ZoneSelect } from "~/ui/zone";
import { words as shared } from "~/words";
import { NewPassword, passwordProblem } from "./way-in";
import { words } from "./words";

const text = words.own;

export function OwnAccount() {
  const session = useSession();
  const people = usePeople();
  return (
    <div className="stack narrow">
      <p className="quiet">
        {text.lead} <Eye table="account" seen={text.seen} />
      </p>
      {/* Without the stored zone, saving the name would take it away. */}
      <Show query={people}>
        {(people) => (
          <ProfileForm
            name={session.name}
            zone={people.find(({ id }) => id === session.person)?.zone ?? null}
          />
        )}
      </Show>
      <EmailForm />
      <PasswordForm />
      <Device />
    </div>
  );
}

function ProfileForm({ name, zone }: { name: string; zone: string | null }) {
  const form = useForm({
    initial: { name, zone },
    check: ({ name }) => ({ name: !name.trim() && shared.form.required }),
    max: limitsOf("/session/profile"),
    submit: async ({ name, zone }) => {
      const session = await api.put("/session/profile", {
        body: { name: name.trim(), zone },
      });
      queryClient.setQueryData(["session"], session);
      await refresh("people", "week", "entries", "report");
      notify(shared.state.saved);
    },
  });
  return (
    <section className="card" aria-label={text.profile}>
      <Form form={form}>
        <h2>{text.profile}</h2>
        <TextInput label={words.field.name} required autoComplete="name" {...form.text("name")} />
        <ZoneSelect
          label={text.zone}
          description={text.zone_help}
          clearable
          {...form.select("zone")}
        />
        <Submit form={form} disabled={!form.dirty} />
      </Form>
    </section>
  );
}

/** With it a person shows to be the one who signed in. */
function CurrentPassword(props: PasswordInputProps) {
  return <PasswordInput label={text.so_far} autoComplete="current-password" required {...props} />;
}

function EmailForm() {
  const session = useSession();
  const empty = { email: "", password: "" };
  const form = useForm({
    initial: empty,
    check: ({ email, password }) => ({
      email: !email.trim() && shared.form.required,
      password: !password && shared.form.required,
    }),
    max: limitsOf("/session/email"),
    submit: async ({ email, password }) => {
      const session = await api.put("/session/email", { body: { email: email.trim(), password } });
      queryClient.setQueryData(["session"], session);
      form.reset(empty);
      await refresh("people");
      notify(text.email_changed(email.trim()));
    },
  });
  return (
    <section className="card" aria-label={text.email}>
      <Form form={form}>
        <h2>{text.email}</h2>
        {session.email && <p className="quiet wrap-anywhere">{text.email_help(session.email)}</p>}
        <TextInput
          label={text.email_new}
          type="email"
          autoComplete="email"
          required
          {...form.text("email")}
        />
        <CurrentPassword {...form.text("password")} />
        <Submit form={form} label={text.email_change} disabled={!form.dirty} />
      </Form>
    </section>
  );
}

function PasswordForm() {
  const session = useSession();
  const empty = { password: "", new_password: "" };
  const form = useForm({
    initial: empty,
    check: ({ password, new_password }) => ({
      password: !password && shared.form.required,
      new_password: passwordProblem(new_password),
    }),
    submit: async (body) => {
      await api.put("/session/password", { body });
      form.reset(empty);
      await refresh("sessions");
      notify(text.changed);
    },
  });
  return (
    <section className="card" aria-label={text.password}>
      <Form form={form}>
        <h2>{text.password}</h2>
        <p className="quiet">{text.password_help}</p>
        <input
          type="hidden"
          name="username"
          autoComplete="username"
          value={session.email}
          readOnly
        />
        <CurrentPassword {...form.text("password")} />
        <NewPassword label={text.new} {...form.text("new_password")} />
        <Submit form={form} label={text.change} disabled={!form.dirty} />
      </Form>
    </section>
  );
}

function Device() {
  const session = useSession();
  const [chosen, setChosen] = useState(() => isChosen(session.person));
  const flip = async (on: boolean) => {
    setChosen(on);
    try {
      await (on ? choose(session) : unchoose());
      notify(on ? text.device_on : text.device_off);
    } catch {
      setChosen(!on);
      notify(text.device_not, { bad: true });
    }
  };
  return (
    <section className="card stack" aria-label={text.device}>
      <h2>{text.device}</h2>
      <Switch
        label={text.device_switch}
        description={canChoose() ? text.device_help : text.device_not}
        disabled={!canChoose()}
        checked={chosen}
        onChange={(event) => void flip(event.currentTarget.checked)}
      />
    </section>
  );
}

// Signing up: a new organisation and its owner.
import { Checkbox, TextInput } from "@mantine/core";
import { api } from "~/api/client";
import { limit } from "~/api/limits";
import { go, Link } from "~/shell/router";
import { begin } from "~/shell/session";
import { Form, Submit, useForm } from "~/ui/form";
import { zoneHere } from "~/ui/time";
import { words as shared } from "~/words";
import { useTyped } from "./typed";
import { NewPassword, passwordProblem, WayIn } from "./way-in";
import { words } from "./words";

interface Weeks {
  getWeekInfo?: () => { firstDay: number };
  weekInfo?: { firstDay: number };
}

/** On which of the days that an organisation may choose weeks begin where this browser is, if it says where. */
function weekStartHere() {
  const locale: Intl.Locale & Weeks = new Intl.Locale(navigator.language);
  const { firstDay = 0 } = locale.getWeekInfo?.() ?? locale.weekInfo ?? {};
  const days: Record<number, "monday" | "sunday"> = { 1: "monday", 7: "sunday" };
  return locale.region ? days[firstDay] : undefined;
}

/** A new organisation starts with the zone and the week of its owner; Settings change them. */
async function adoptPlace() {
  const { zone, week_start, version } = await api.get("/organisation");
  const body = { zone: zoneHere() || zone, week_start: weekStartHere() ?? week_start };
  if (body.zone !== zone || body.week_start !== week_start)
    await api.patch("/organisation", { version, body });
}

export default function SignUp() {
  const form = useForm({
    initial: { name: "", email: "", organisation: "", password: "", of_age: false },
    check: ({ name, email, organisation, password, of_age }) => ({
      name: !name.trim() && shared.form.required,
      email: !email.trim() && shared.form.required,
      organisation: !organisation.trim() && shared.form.required,
      password: passwordProblem(password),
      of_age: !of_age && words.sign_up.of_age_needed,
    }),
    // Passwords have words of their own.
    max: (name) => (name === "password" ? undefined : limit("/accounts", name)),
    guard: false,
    submit: async (body) => {
      await api.post("/accounts", { body });
      await adoptPlace();
      begin(await api.get("/session"));
      go("/", { replace: true });
    },
  });
  useTyped(form);
  const input = (name: "name" | "email" | "organisation") => ({
    label: words.field[name],
    required: true,
    ...form.text(name),
  });
  return (
    <WayIn
      title={words.sign_up.title}
      lead={
        <>
          <span className="sign-up-open">{words.sign_up.lead}</span>
          <span className="sign-up-closed">{words.sign_up.closed}</span>
        </>
      }
    >
      <Form form={form} className="stack sign-up-open">
        <TextInput autoComplete="name" autoFocus {...input("name")} />
        <TextInput type="email" autoComplete="username" {...input("email")} />
        <TextInput autoComplete="organization" {...input("organisation")} />
        <NewPassword {...form.text("password")} />
        <Checkbox label={words.sign_up.of_age} {...form.check("of_age")} />
        <Submit form={form} label={words.sign_up.act} />
      </Form>
      <p>
        {words.sign_up.other} <Link href="/sign-in">{words.sign_up.other_act}</Link>
      </p>
    </WayIn>
  );
}

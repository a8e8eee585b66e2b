// Signing up: a new organisation and its owner.
import { Checkbox, TextInput } from "@mantine/core";
import { api } from "~/api/client";
import { limit } from "~/api/limits";
import { go, Link } from "~/shell/router";
import { begin } from "~/shell/session";
import { Form, Submit, useForm } from "~/ui/form";
import { words as shared } from "~/words";
import { useTyped } from "./typed";
import { NewPassword, passwordProblem, WayIn } from "./way-in";
import { words } from "./words";

/** A new organisation starts in the zone of its owner; Settings change it. */
async function adoptZone() {
  const { zone, version } = await api.get("/organisation");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own && own !== zone) await api.patch("/organisation", { version, body: { zone: own } });
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
    submit: async (body) => {
      await api.post("/accounts", { body });
      await adoptZone();
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

// Signing in.
import { PasswordInput, TextInput } from "@mantine/core";
import { api } from "~/api/client";
import { Link, useFilters } from "~/shell/router";
import { begin } from "~/shell/session";
import { Form, Submit, useForm } from "~/ui/form";
import { Notice } from "~/ui/states";
import { words as shared } from "~/words";
import { useTyped } from "./typed";
import { WayIn } from "./way-in";
import { words } from "./words";

export default function SignIn() {
  const form = useForm({
    initial: { email: "", password: "" },
    check: ({ email, password }) => ({
      email: !email && shared.form.required,
      password: !password && shared.form.required,
    }),
    guard: false,
    submit: async (body) => begin(await api.post("/session", { body })),
  });
  useTyped(form);
  const [filters] = useFilters();
  return (
    <WayIn title={words.sign_in.title} lead={words.sign_in.lead}>
      {filters.has("gone") && <Notice kind="good">{words.sign_in.gone}</Notice>}
      <Form form={form}>
        <TextInput
          label={words.field.email}
          type="email"
          autoComplete="username"
          required
          autoFocus
          {...form.text("email")}
        />
        <PasswordInput
          label={words.field.password}
          autoComplete="current-password"
          required
          {...form.text("password")}
        />
        <Submit form={form} label={words.sign_in.act} />
      </Form>
      <p className="quiet">{words.sign_in.forgotten}</p>
      <p className="sign-up-open">
        {words.sign_in.other} <Link href="/sign-up">{words.sign_in.other_act}</Link>
      </p>
      <p className="sign-up-closed">
        {words.sign_in.other} {words.sign_up.closed}
      </p>
    </WayIn>
  );
}

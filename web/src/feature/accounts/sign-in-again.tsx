// Signing in again over the page that stands, when the session has ended; what was typed stays there.
import { PasswordInput, TextInput } from "@mantine/core";
import { api } from "~/api/client";
import { begin, end, useSession } from "~/shell/session";
import { Modal } from "~/ui/dialog";
import { Form, Submit, useForm } from "~/ui/form";
import { words as shared } from "~/words";
import { words } from "./words";

/** Above whatever is open. */
const TOP = 1000;

export default function SignInAgain() {
  const { email } = useSession();
  const form = useForm({
    initial: { email, password: "" },
    check: ({ password }) => ({ password: !password && shared.form.required }),
    guard: false,
    submit: async (body) => begin(await api.post("/session", { body })),
  });
  return (
    <Modal
      opened
      onClose={() => {}}
      title={words.again.title}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      zIndex={TOP}
      // Who comes by reads nothing of the page below.
      overlayProps={{ color: "var(--ground)", backgroundOpacity: 1 }}
    >
      <Form form={form}>
        <p>{words.again.lead}</p>
        <TextInput
          label={words.field.email}
          type="email"
          autoComplete="username"
          {...form.text("email")}
          readOnly
        />
        <PasswordInput
          label={words.field.password}
          autoComplete="current-password"
          required
          {...form.text("password")}
        />
        <Submit form={form} label={words.sign_in.act} />
        <p className="quiet">
          {words.again.other}{" "}
          <button type="button" className="linklike" onClick={end}>
            {words.again.other_act}
          </button>
        </p>
      </Form>
    </Modal>
  );
}

// Accepting an invitation by its link.
import { Button, Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Answer, api, Problem, type Whole } from "~/api/client";
import { go, Link } from "~/shell/router";
import { begin, type Session, signOut, useSessionQuery } from "~/shell/session";
import { Form, Submit, useForm } from "~/ui/form";
import { Loading } from "~/ui/states";
import { NewPassword, passwordProblem, WayIn } from "./way-in";
import { words } from "./words";

export default function Invitation({ token }: { token: string }) {
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.get("/invitations/{token}", { params: { token } }),
    retry: false,
  });
  const session = useSessionQuery();
  if (invitation.data && !session.isPending) {
    const given = invitation.data as AcceptProps["invitation"];
    const other = session.data && session.data.email !== given.email ? session.data : null;
    if (other) return <OfAnother session={other} invitation={given} />;
    return <Accept token={token} invitation={given} />;
  }
  if (!invitation.error)
    return (
      <WayIn title={words.invitation.loading} lead="">
        <Loading rows={3} />
      </WayIn>
    );
  const known = invitation.error instanceof Problem && invitation.error.status === 404;
  const help = known ? words.invitation.gone_help : invitation.error.message;
  return (
    <WayIn title={words.invitation.gone} lead={help}>
      <Link href="/sign-in">{words.sign_in.title}</Link>
    </WayIn>
  );
}

const text = words.invitation;

interface AcceptProps {
  token: string;
  invitation: Whole<Answer<"/invitations/{token}">>;
}

/** Somebody else is signed in here: whose link it is must be clear before it is used. */
function OfAnother({
  session,
  invitation,
}: Pick<AcceptProps, "invitation"> & { session: Session }) {
  const { organisation_name, name, email, has_account } = invitation;
  return (
    <WayIn
      title={has_account ? text.reset_title : text.title(organisation_name)}
      lead={text.other(session.name, session.email, name, email)}
    >
      <div className="row wrap">
        <Button onClick={() => signOut(location.pathname)}>{text.other_out}</Button>
        <Button variant="default" onClick={() => go("/", { replace: true })}>
          {text.other_stay(session.name)}
        </Button>
      </div>
    </WayIn>
  );
}

function Accept({ token, invitation }: AcceptProps) {
  const { organisation_name, name, email, has_account } = invitation;
  const form = useForm({
    // Somebody who has an account has affirmed the age already.
    initial: { password: "", of_age: has_account },
    check: ({ password, of_age }) => ({
      password: passwordProblem(password),
      of_age: !of_age && words.sign_up.of_age_needed,
    }),
    guard: false,
    submit: async (body) => {
      begin(await api.post("/invitations/{token}", { params: { token }, body }));
      go("/", { replace: true });
    },
  });
  return (
    <WayIn
      title={has_account ? text.reset_title : text.title(organisation_name)}
      lead={(has_account ? text.reset_lead : text.lead)(name, email)}
    >
      <Form form={form}>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <NewPassword autoFocus {...form.text("password")} />
        {!has_account && <Checkbox label={words.sign_up.of_age} {...form.check("of_age")} />}
        <Submit form={form} label={has_account ? text.reset_act : text.act} />
      </Form>
    </WayIn>
  );
}

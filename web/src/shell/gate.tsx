// Decides what an address shows: a public page, the way in, or the shell of the signed-in person.
import { lazy, Suspense, useEffect } from "react";
import { onSessionLost } from "~/api/client";
import { Failed, Loading } from "~/ui/states";
import { Boundary } from "./boundary";
import { go, match, usePath } from "./router";
import { ask, SessionProvider, useIsPaused, useSessionQuery } from "./session";

const SignIn = lazy(() => import("~/feature/accounts/sign-in"));
const SignInAgain = lazy(() => import("~/feature/accounts/sign-in-again"));
const SignUp = lazy(() => import("~/feature/accounts/sign-up"));
const Invitation = lazy(() => import("~/feature/accounts/invitation"));
const PublicForm = lazy(() => import("~/feature/forms/public-form"));
const Shell = lazy(() => import("./shell").then(({ Shell }) => ({ default: Shell })));

export function Gate() {
  const path = usePath();
  const invitation = match("/invitations/{token}", path);
  const form = match("/f/{link}", path);
  return (
    <Boundary again={() => location.reload()}>
      <Suspense fallback={<Loading />}>
        {invitation ? (
          <Invitation token={invitation.token ?? ""} />
        ) : form ? (
          <PublicForm link={form.link ?? ""} />
        ) : (
          <Inside path={path} />
        )}
      </Suspense>
    </Boundary>
  );
}

function Inside({ path }: { path: string }) {
  const session = useSessionQuery();
  const isPaused = useIsPaused();
  const [, word] = path.split("/"); // By it the server has chosen what a stranger sees first.
  const isWayIn = word === "sign-in" || word === "sign-up";

  useEffect(() => onSessionLost(ask), []);
  useEffect(() => {
    if (session.data && isWayIn) go("/", { replace: true });
  }, [session.data, isWayIn]);

  if (session.isPending) return null;
  if (session.data === undefined)
    return <Failed error={session.error} retry={() => void session.refetch()} />;
  if (!session.data) return word === "sign-up" ? <SignUp /> : <SignIn />;
  if (isWayIn) return null;
  return (
    <SessionProvider key={session.data.person} session={session.data}>
      <Shell />
      <Suspense>{isPaused && <SignInAgain />}</Suspense>
    </SessionProvider>
  );
}

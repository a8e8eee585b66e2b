// What takes long may end when who asked for it, a form, a dialog or a page, is gone.
import { useEffect, useRef } from "react";
import { type Problem, reasonOf } from "~/api/client";
import { words } from "~/words";
import { notify } from "./toasts";

/** Whether what was asked for is still there to show what became of it. */
export function useStands(opened = true) {
  const stands = useRef(opened);
  useEffect(() => {
    stands.current = opened;
    return () => {
      stands.current = false;
    };
  }, [opened]);
  return stands;
}

/** Says what was not done, when the form or dialog that asked for it is gone. */
export function notifyUndone(problem: Problem) {
  notify(words.form.undone(reasonOf(problem)), { bad: true });
}

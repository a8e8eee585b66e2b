// The dialog before an act that cannot be undone: what will be gone, and its name typed.
import { Button, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Problem } from "~/api/client";
import { words } from "~/words";
import { Modal } from "./dialog";
import { ProblemNotice } from "./form";
import { notifyUndone, useStands } from "./stands";

interface ConfirmProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  act: string;
  /** What has to be typed; nothing when absent. */
  name?: string;
  run: () => Promise<unknown>;
  children: ReactNode;
}

export function Confirm({ opened, onClose, title, act, name, run, children }: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const stands = useStands(opened);

  const close = () => {
    setTyped("");
    setProblem(null);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    try {
      await run();
      if (stands.current) close();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (stands.current) setProblem(error);
      else notifyUndone(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal opened={opened} onClose={close} title={title}>
      <div className="stack">
        {problem && <ProblemNotice problem={problem} />}
        {children}
        {name !== undefined && (
          <TextInput
            label={words.confirm.type(name)}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <div className="row right">
          <Button
            variant="default"
            onClick={close}
            data-autofocus={name === undefined || undefined}
          >
            {words.act.cancel}
          </Button>
          <Button
            color="red"
            loading={busy}
            disabled={name !== undefined && typed.trim() !== name.trim()}
            onClick={() => void confirm()}
          >
            {act}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

// The question before something unsaved is left.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { leaving } from "~/shell/unsaved";
import { words } from "~/words";
import { Modal } from "./dialog";

/** Above whatever is open. */
const TOP = 900;

const stay = () => leaving.set(null);

export function LeaveDialog() {
  const asked = leaving.use();
  /** It still stands while the dialog goes. */
  const [lost, setLost] = useState("");
  if (asked && asked.lost !== lost) setLost(asked.lost);
  // It is of this session.
  useEffect(() => stay, []);
  const leave = () => {
    flushSync(stay); // the focus is back before what had it goes
    asked?.leave();
  };
  return (
    <Modal opened={asked !== null} onClose={stay} title={words.form.leave} zIndex={TOP}>
      <div className="stack">
        <p>{lost}</p>
        <div className="row right">
          <Button variant="default" onClick={leave}>
            {words.form.leave_act}
          </Button>
          <Button onClick={stay} data-autofocus>
            {words.form.stay}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

// Somebody else has stored something else meanwhile: what that is, and which of the two is to stay.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { words } from "~/words";
import { Notice } from "./states";

interface ConflictProps {
  title: string;
  onMine: () => void;
  onTheirs: () => void;
  /** What is stored. */
  children: ReactNode;
}

export function Conflict({ title, onMine, onTheirs, children }: ConflictProps) {
  return (
    <Notice kind="warn">
      <span className="strong">{title}</span>
      <span>{words.conflict.help}</span>
      <span>{children}</span>
      <span className="row wrap">
        <Button size="xs" variant="default" onClick={onMine}>
          {words.conflict.mine}
        </Button>
        <Button size="xs" variant="default" onClick={onTheirs}>
          {words.conflict.theirs}
        </Button>
      </span>
    </Notice>
  );
}

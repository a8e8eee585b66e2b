// Says that the server cannot be reached and what waits for it, and sends it when it can be.
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { api } from "~/api/client";
import { useById } from "~/api/queries";
import { useReached } from "~/api/reach";
import { beforeSignOut, leave, useIsPaused, useMay, useSession } from "~/shell/session";
import { Confirm } from "~/ui/confirm";
import { Modal } from "~/ui/dialog";
import { Notice, useLate } from "~/ui/states";
import { momentText } from "~/ui/time";
import { useProjects } from "./data";
import { ProjectName } from "./pick";
import {
  discard,
  forgetAll,
  isWaiting,
  resume,
  sendAgain,
  sendUnsent,
  useWishes,
  type Wish,
  wholeOf,
} from "./unsent";
import { words } from "./words";

const SOON_MS = 2_000;
const LATER_MS = 30_000;
/** A request that got lost by itself is no reason to say anything. */
const QUIET_MS = 1_000;

const text = words.unsent;

/** Tries until it is over, seldomer as time goes by, and at once when the browser has a reason to hope. */
function useTrying(isAway: boolean, waiting: number) {
  const isPaused = useIsPaused(); // who is back is not kept waiting
  useEffect(() => {
    if (isPaused || (!isAway && waiting === 0)) return;
    let timer: ReturnType<typeof setTimeout>;
    let pause = SOON_MS;
    let isLooking = false;
    let isOver = false;
    const look = async () => {
      if (isLooking) return;
      isLooking = true;
      clearTimeout(timer);
      try {
        await (waiting > 0 ? sendUnsent() : api.get("/session").catch(() => {}));
      } finally {
        isLooking = false;
        if (!isOver) timer = setTimeout(look, pause);
        pause = Math.min(LATER_MS, pause * 2);
      }
    };
    const hope = () => {
      if (document.visibilityState === "visible") void look();
    };
    timer = setTimeout(look, pause);
    addEventListener("online", hope);
    addEventListener("visibilitychange", hope);
    return () => {
      isOver = true;
      clearTimeout(timer);
      removeEventListener("online", hope);
      removeEventListener("visibilitychange", hope);
    };
  }, [isAway, waiting, isPaused]);
}

export function Away() {
  const { person } = useSession();
  const isAway = !useReached();
  const wishes = useWishes();
  const [looking, setLooking] = useState(false);
  const [leaving, setLeaving] = useState(0);
  const waiting = wishes.filter(isWaiting).length;
  const refused = wishes.length - waiting;
  useTrying(isAway, waiting);

  useEffect(() => {
    void resume(person).then(sendUnsent);
    const stop = beforeSignOut(async () => {
      await sendUnsent();
      const left = await resume(person);
      setLeaving(left);
      return left === 0;
    });
    return () => {
      stop();
      forgetAll();
    };
  }, [person]);

  return (
    <>
      {(isAway || wishes.length > 0) && (
        <AwayNotice
          isAway={isAway}
          waiting={waiting}
          refused={refused}
          onLook={() => setLooking(true)}
        />
      )}
      <Unsent opened={looking} onClose={() => setLooking(false)} wishes={wishes} />
      <Confirm
        opened={leaving > 0}
        onClose={() => setLeaving(0)}
        title={text.leave_title}
        act={text.leave_act}
        run={() => leave()}
      >
        <p>{text.leave(leaving)}</p>
      </Confirm>
    </>
  );
}

interface AwayNoticeProps {
  isAway: boolean;
  waiting: number;
  refused: number;
  onLook: () => void;
}

function AwayNotice({ isAway, waiting, refused, onLook }: AwayNoticeProps) {
  const may = useMay();
  const isLate = useLate(QUIET_MS);
  return (
    <div role="status" className="away no-print">
      {isLate && (
        <Notice kind={isAway || refused > 0 ? "warn" : "plain"}>
          {isAway && (
            <span className="strong">{may("time.write") ? text.away : text.away_reads}</span>
          )}
          {refused > 0 && <span className="strong">{text.count_refused(refused)}</span>}
          <p>
            {waiting > 0 ? text.count(waiting) : isAway && text.away_help}{" "}
            {waiting + refused > 0 && (
              <button type="button" className="linklike" onClick={onLook}>
                {text.look}
              </button>
            )}
          </p>
        </Notice>
      )}
    </div>
  );
}

const ACTS = { create: text.created, change: text.changed, remove: text.deleted };

interface UnsentProps {
  opened: boolean;
  onClose: () => void;
  wishes: Wish[];
}

function Unsent({ opened, onClose, wishes }: UnsentProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.title}>
      <div className="stack">
        <p className="quiet">{wishes.length > 0 ? text.lead : text.none}</p>
        <ul className="unsent">
          {wishes.map((wish) => (
            <UnsentRow key={wish.id} wish={wish} />
          ))}
        </ul>
      </div>
    </Modal>
  );
}

function UnsentRow({ wish }: { wish: Wish }) {
  const { zone } = useSession();
  const projects = useById(useProjects().data);
  const { act, gone, refused } = wish;
  const { note, project, started_at } = wholeOf(wish);
  return (
    <li>
      <span className="strong wrap-anywhere">{note || words.entry.untitled}</span>
      <span className="quiet">
        {ACTS[gone ? "remove" : act]}
        {" · "}
        {momentText(started_at, zone)}
        {project && " · "}
        {project && <ProjectName project={projects.get(project)} />}
      </span>
      {refused && <span className="small wrap-anywhere">{refused}</span>}
      <span className="row wrap">
        {refused && (
          <Button size="xs" variant="default" onClick={() => void sendAgain(wish)}>
            {text.again}
          </Button>
        )}
        <Button size="xs" variant="subtle" color="red" onClick={() => void discard(wish)}>
          {text.discard}
        </Button>
      </span>
    </li>
  );
}

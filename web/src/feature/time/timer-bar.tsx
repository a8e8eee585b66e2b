// The one running timer, in the top bar of every page.
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Answer, api, Problem } from "~/api/client";
import { limit } from "~/api/limits";
import { queryClient } from "~/api/queries";
import { onKeys } from "~/shell/keys";
import { Icon } from "~/ui/icon";
import { durationText } from "~/ui/time";
import { notify } from "~/ui/toasts";
import { type Entry, entriesChanged, useTimer } from "./data";
import { EntryDrawer } from "./entry-form";
import { ProjectSelect } from "./pick";
import { listen } from "./signals";
import { words } from "./words";

/** Seconds since an instant, once a second; the title of the page follows. */
function useElapsed(since: string | undefined): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!since) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  return since ? Math.max(0, (now - Date.parse(since)) / 1000) : 0;
}

function say(error: unknown) {
  if (!(error instanceof Problem)) throw error;
  notify(error.detail ?? error.message, { bad: true });
}

export function TimerBar() {
  const timer = useTimer();
  const running = timer.data?.running ? (timer.data.entry as Entry) : null;
  const [note, setNote] = useState("");
  const [project, setProject] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [adding, setAdding] = useState(false);
  const busy = useRef(false);
  const elapsed = useElapsed(running?.started_at);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the stored entry wins when it changes
  useEffect(() => {
    if (!running) return;
    setNote(running.note ?? "");
    setProject(running.project ?? null);
  }, [running?.id, running?.version]);

  const toggle = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      if (running) {
        await api.post("/time/timer/stop");
        queryClient.setQueryData<Answer<"/time/timer">>(["timer"], (old) =>
          old ? { ...old, running: false } : old,
        );
        setNote("");
        setProject(null);
        setSaid(words.timer.stopped);
      } else {
        const body = { note: note.trim() || null, project };
        const entry = await api.post("/time/timer", { body });
        queryClient.setQueryData(["timer"], { running: true, entry });
        setSaid(words.timer.running(note.trim() || words.timer.untitled));
      }
    } catch (error) {
      say(error);
    } finally {
      busy.current = false;
      void entriesChanged();
    }
  }, [running, note, project]);

  useEffect(() => {
    const stops = [
      onKeys({ t: () => void toggle(), n: () => setAdding(true) }),
      listen("timer", () => void toggle()),
      listen("entry", () => setAdding(true)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [toggle]);

  const change = async (body: { note?: string | null; project?: string | null }) => {
    if (!running) return;
    const { id, version } = running;
    try {
      const entry = await api.patch("/time/entries/{id}", { params: { id }, version, body });
      queryClient.setQueryData(["timer"], { running: true, entry });
    } catch (error) {
      say(error);
    }
    await entriesChanged();
  };

  return (
    <section className={running ? "timer running" : "timer"} aria-label={words.timer.label}>
      <TextInput
        className="timer-what"
        aria-label={words.timer.what_label}
        placeholder={words.timer.what}
        maxLength={limit("/time/timer", "note")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          if (running) event.currentTarget.blur();
          else void toggle();
        }}
        onBlur={() => {
          if (running && note.trim() !== (running.note ?? ""))
            void change({ note: note.trim() || null });
        }}
      />
      <ProjectSelect
        className="timer-project"
        aria-label={words.field.project}
        value={project}
        onChange={(value) => {
          setProject(value);
          void change({ project: value });
        }}
      />
      <span className="timer-elapsed" role="timer" aria-live="off">
        {durationText(elapsed, true)}
      </span>
      <Tooltip label={`${running ? words.timer.stop : words.timer.start} (T)`}>
        <ActionIcon
          size={36}
          variant="filled"
          color={running ? "red" : "accent"}
          aria-label={running ? words.timer.stop : words.timer.start}
          onClick={() => void toggle()}
        >
          <Icon name={running ? "stop" : "play"} />
        </ActionIcon>
      </Tooltip>
      <span className="visually-hidden" role="status">
        {said}
      </span>
      {adding && <EntryDrawer onClose={() => setAdding(false)} />}
    </section>
  );
}

// The one running timer, in the top bar of every page.
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Answer } from "~/api/client";
import { limit } from "~/api/limits";
import { queryClient } from "~/api/queries";
import { onKeys } from "~/shell/keys";
import { usePath } from "~/shell/router";
import { useGuard } from "~/shell/unsaved";
import { overText } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { Making } from "~/ui/picking";
import { durationText } from "~/ui/time";
import { notify, notifyProblem } from "~/ui/toasts";
import { type Entry, entriesChanged, useTimer } from "./data";
import { EntryDrawer } from "./entry-form";
import { ProjectSelect } from "./pick";
import { removeEntry } from "./remove";
import { listen } from "./signals";
import { changeEntry, runningNow, runningOf, startTimer, stopTimer, useWishes } from "./unsent";
import { words } from "./words";

/** The time since an instant, once a second: by itself, for what stands around it may be large. */
function Elapsed({ since }: { since: string | undefined }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!since) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  const elapsed = since ? Math.max(0, (now - Date.parse(since)) / 1000) : 0;
  return (
    <span className="timer-elapsed" role="timer" aria-live="off">
      {durationText(elapsed, true)}
    </span>
  );
}

/** An entry as short as this was hardly meant. */
const SHORT_S = 60;

function offerDiscard(entry: Entry) {
  const discard = () => void removeEntry(entry);
  notify(words.timer.short(entry.duration_s), {
    act: { label: words.timer.discard, run: discard },
  });
}

export function TimerBar() {
  const timer = useTimer();
  const wishes = useWishes();
  const running = runningOf(timer.data, wishes);
  const [note, setNote] = useState("");
  const [project, showProject] = useState<string | null>(null);
  /** The project as it is when its turn comes, in no render yet. */
  const chosen = useRef<string | null>(null);
  const [adding, setAdding] = useState(false);
  /** A key has started it and led to its note. */
  const [led, setLed] = useState(false);
  const path = usePath();
  const typing = useRef(false);
  const busy = useRef(false);
  /** What ran last, as it was then. */
  const last = useRef<Entry | null>(null);
  const what = useRef<HTMLInputElement>(null);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const tooLong = overText(note, limit("/time/timer", "note"));

  const setProject = (id: string | null) => {
    chosen.current = id;
    showProject(id);
  };

  /** What has stopped leaves nothing of itself here; what it does not have is of what comes next. */
  const clear = (of: Entry) => {
    setNote((typed) => (typed.trim() === (of.note ?? "") ? "" : typed));
    if (chosen.current === (of.project ?? null)) setProject(null);
  };

  // The stored entry wins when it changes, but not over what is being typed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is stored is named by its version
  useEffect(() => {
    if (!running) {
      // Another window, or somebody else, may have stopped it.
      if (last.current && !busy.current) clear(last.current);
      return;
    }
    last.current = running;
    const stored = running.note ?? "";
    // Who is about to go on with it keeps a blank at its end.
    if (!typing.current) setNote((shown) => (shown.trim() === stored ? shown : stored));
    setProject(running.project ?? null);
  }, [running?.id, running?.version]);

  /** Acts go one after the other: a note is kept before the timer stops. */
  const enqueue = (act: () => Promise<void>) => {
    const done = queue.current
      .then(act)
      .catch(notifyProblem)
      .finally(() => void entriesChanged());
    queue.current = done.catch(() => {});
    return done;
  };

  const start = async () => {
    const body = { note: note.trim() || null, project: chosen.current };
    const entry = await startTimer(body);
    if (!entry.wish) queryClient.setQueryData(["timer"], { running: true, entry });
  };
  const stop = async () => {
    const runs = runningNow();
    if (!runs) return;
    const entry = await stopTimer(runs);
    if (!entry.wish)
      queryClient.setQueryData<Answer<"/time/timer">>(["timer"], (old) =>
        old ? { ...old, running: false } : old,
      );
    clear(entry);
    if (entry.duration_s < SHORT_S) offerDiscard(entry);
  };
  const toggle = async (byKey = false) => {
    if (busy.current) return;
    if (tooLong) return what.current?.focus();
    busy.current = true;
    typing.current = false;
    if (byKey && !running && what.current) {
      what.current.focus();
      what.current.setSelectionRange(note.length, note.length);
      setLed(true);
    }
    await enqueue(running ? stop : start).finally(() => {
      busy.current = false;
    });
  };
  // What a key does is what the page shows, from the moment that it shows it.
  const latest = useRef(toggle);
  useLayoutEffect(() => {
    latest.current = toggle;
  });

  useEffect(() => {
    const toggle = () => void latest.current(true);
    const add = () => setAdding(true);
    const stops = [onKeys({ t: toggle, n: add }), listen("timer", toggle), listen("entry", add)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);

  // Who has gone on to something else, and comes back to stop it, would write a note instead.
  useEffect(() => {
    if (!led) return;
    const release = () => {
      if (!typing.current) what.current?.blur();
    };
    window.addEventListener("blur", release);
    return () => window.removeEventListener("blur", release);
  }, [led]);

  // It is of no page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is there
  useEffect(() => setAdding(false), [path]);

  useGuard(note.trim() !== (running?.note ?? ""));

  const change = (body: { note?: string | null; project?: string | null }) =>
    enqueue(async () => {
      const runs = runningNow();
      if (!runs) return;
      const entry = await changeEntry(runs, body);
      if (!entry.wish) queryClient.setQueryData(["timer"], { running: true, entry });
    });

  return (
    <section className={running ? "timer running" : "timer"} aria-label={words.timer.label}>
      <Tooltip label={tooLong} opened={tooLong !== null} color="red" position="bottom" role="alert">
        <TextInput
          ref={what}
          className="timer-what"
          aria-label={words.timer.what_label}
          placeholder={led ? words.timer.what_led : words.timer.what}
          error={tooLong !== null}
          value={note}
          onChange={(event) => {
            typing.current = true;
            setNote(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            const { key, currentTarget } = event;
            if (event.nativeEvent.isComposing) return; // Enter ends a word of an input method
            if (key === "Escape" || (key === "Enter" && (running || busy.current)))
              currentTarget.blur();
            else if (key === "Enter") void toggle();
          }}
          onBlur={() => {
            setLed(false);
            if (tooLong) return;
            const typed = typing.current;
            typing.current = false;
            // While it starts, what is typed is of what starts.
            if (typed && (busy.current || (running && note.trim() !== (running.note ?? ""))))
              void change({ note: note.trim() || null });
          }}
        />
      </Tooltip>
      <Making value={(making) => void enqueue(() => making.then(() => {}))}>
        <ProjectSelect
          className="timer-project"
          creates
          aria-label={words.field.project}
          value={project}
          onChange={(value) => {
            setProject(value);
            if (running || busy.current) void change({ project: value });
          }}
        />
      </Making>
      <Elapsed since={running?.started_at} />
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
        {running
          ? words.timer.running(running.note || words.timer.untitled)
          : last.current && words.timer.stopped}
      </span>
      {adding && <EntryDrawer onClose={() => setAdding(false)} />}
    </section>
  );
}

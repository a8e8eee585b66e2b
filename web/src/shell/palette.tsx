// The command palette: reaches every page, act and form, what has a name and a report on it, by a few letters.
import { TextInput, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { api } from "~/api/client";
import type { Permission } from "~/api/generated/permissions";
import { useForms } from "~/feature/forms/data";
import { usePeople } from "~/feature/organisation/data";
import { type Entry, useClientName, useClients, useProjects, useTags } from "~/feature/time/data";
import { emit } from "~/feature/time/signals";
import { words as time } from "~/feature/time/words";
import { Modal } from "~/ui/dialog";
import { Icon, type IconName } from "~/ui/icon";
import { dateText, inZone } from "~/ui/time";
import { words } from "~/words";
import { mayEnter, rooms } from "./rooms";
import { go } from "./router";
import { may, signOut, useReaches, useSession } from "./session";

interface Item {
  id: string;
  icon: IconName;
  label: string;
  group: string;
  /** Other words for it, which are not shown. */
  also?: string;
  run: () => void;
}

const SHOWN = 40;
/** How many entries are found, from how many letters on, and how long after the last of them. */
const FOUND = 5;
const FOUND_FROM = 2;
const TYPING_MS = 300;

export const THEMES = ["auto", "light", "dark"] as const;

/** Acts that a page offers: who may, and where. */
const ACTS: [Permission, IconName, string, string][] = [
  ["projects.manage", "folder", words.palette.project_new, "/projects?new=true"],
  ["projects.manage", "folder", words.palette.client_new, "/projects/clients?new=true"],
  ["projects.manage", "folder", words.palette.task_new, "/projects/tasks?new=true"],
  ["tags.manage", "tag", words.palette.tag_new, "/projects/tags?new=true"],
  ["forms.manage", "forms", words.palette.form_new, "/forms/new"],
  ["people.manage", "people", words.palette.person_new, "/people?new=true"],
  ["organisation.manage", "settings", words.palette.organisation, "/settings"],
  ["ai.manage", "settings", words.palette.ai, "/settings/ai"],
  ["ai.manage", "settings", words.palette.provider_new, "/settings/ai?new=true"],
  ["promises.check", "promises", words.palette.check, "/promises"],
  ["privacy.export", "download", words.palette.export, "/privacy/requests"],
  ["privacy.erase", "trash", words.palette.erase, "/privacy/requests"],
  ["privacy.end", "trash", words.palette.end, "/privacy/requests"],
];

/** What else a page is called where it is. */
const ALSO: Record<string, string[]> = {
  "/time/import": [time.today.import, ...Object.values(time.import.formats)],
};

/** A run at a word's start counts more, words apart less, and other words least; 0 does not fit. */
const scoreOf = ({ label, also = "" }: Item, typed: string) =>
  score(label, typed) || (score(`${label} ${also}`, typed) && 0.25);

function score(label: string, typed: string): number {
  const text = label.toLowerCase();
  const at = text.indexOf(typed);
  if (at < 0) return typed.split(/\s+/).every((word) => text.includes(word)) ? 0.5 : 0;
  return at === 0 ? 3 : label[at - 1] === " " ? 2 : 1;
}

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  onShowKeys: () => void;
}

export function Palette({ opened, onClose, onShowKeys }: PaletteProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      yOffset="12dvh"
      centered={false}
      size={560}
      title={words.shell.search}
      classNames={{ header: "visually-hidden" }}
    >
      {opened && <Choices onClose={onClose} onShowKeys={onShowKeys} />}
    </Modal>
  );
}

const item = (group: string, id: string, icon: IconName, label: string, run: () => void): Item => ({
  id,
  icon,
  label,
  group,
  also: [words.palette.also[id], ...(ALSO[id] ?? [])].filter(Boolean).join(" "),
  run,
});
const leads = (id: string, icon: IconName, label: string, path: string) =>
  item(words.shell.go, id, icon, label, () => go(path));
const act = (id: string, icon: IconName, label: string, run: () => void) =>
  item(words.shell.do, id, icon, label, run);

interface Named {
  id: string;
  name: string;
  /** How it reads, where that is more than its name. */
  label?: string;
  archived?: boolean | null;
  active?: boolean | null;
}

const labelOf = ({ name, label = name }: Named) => label;

/** Where something with a name stands in its list, also when it is put away. */
function standsAt(path: string, { name, archived, active = true }: Named): string {
  const q = new URLSearchParams({ q: name });
  if (archived) q.set("archived", "true");
  if (!active) q.set("inactive", "true");
  return `${path}?${q}`;
}

/** The forms, and what else has a name: itself, and a report on it, as far as somebody may enter them. */
function useRecords(): Item[] {
  const session = useSession();
  const reaches = useReaches("time.read");
  const clientOf = useClientName();
  const forms = useForms(may(session, "forms.fill")).data ?? [];
  const projects = (useProjects().data ?? []).map((project) => ({
    ...project,
    label: words.palette.of(project.name, clientOf(project)),
  }));
  const clients = useClients().data ?? [];
  const tags = useTags().data ?? [];
  const people = usePeople(may(session, "people.read")).data ?? [];

  const things = (path: string, icon: IconName, found: Named[]) =>
    found.map((thing) => leads(thing.id, icon, labelOf(thing), standsAt(path, thing)));
  const reports = (filter: string, then: string, icon: IconName, found: Named[]) =>
    found.map((thing) =>
      leads(
        `report ${thing.id}`,
        icon,
        words.palette.report(labelOf(thing)),
        `/reports?by=day&then=${then}&${filter}=${thing.id}`,
      ),
    );
  return [
    ...forms.map(({ id, title }) => leads(id, "forms", title, `/forms/${id}`)),
    ...(mayEnter(session, "/projects")
      ? [
          ...things("/projects", "folder", projects),
          ...things("/projects/clients", "folder", clients),
          ...things("/projects/tags", "tag", tags),
        ]
      : []),
    ...(mayEnter(session, "/people") ? things("/people", "people", people) : []),
    ...(mayEnter(session, "/reports")
      ? [
          ...reports("project", "person", "folder", projects),
          ...reports("client", "project", "folder", clients),
          ...reports("person", "project", "people", people.filter(reaches)),
          ...reports("tag", "project", "tag", tags),
        ]
      : []),
  ];
}

function useItems(onShowKeys: () => void): Item[] {
  const session = useSession();
  const records = useRecords();
  const { setColorScheme } = useMantineColorScheme();
  const page = (path: string, icon: IconName, label: string): Item[] =>
    mayEnter(session, path) ? [leads(path, icon, label, path)] : [];
  return [
    ...(may(session, "time.write")
      ? [
          act("timer", "play", words.palette.timer, () => emit("timer")),
          act("entry", "plus", words.palette.entry, () => emit("entry")),
        ]
      : []),
    ...rooms.flatMap(({ path, icon, name }) => page(path, icon, name)),
    ...page("/people/teams", "people", words.palette.teams),
    ...Object.entries(time.projects.tabs)
      .filter(([kind]) => kind !== "projects") // which is a room
      .flatMap(([kind, name]) =>
        page(`/projects/${kind}`, kind === "tags" ? "tag" : "folder", name),
      ),
    ...page("/people/roles", "people", words.palette.roles),
    ...page("/insights/receipts", "promises", words.palette.receipts),
    ...page("/privacy/data", "privacy", words.palette.map),
    ...page("/privacy/audit", "privacy", words.palette.audit),
    ...ACTS.filter(([needs]) => may(session, needs)).map(([, icon, label, path]) => ({
      ...act(label, icon, label, () => go(path)),
      also: /\bnew\b/.test(path) ? words.palette.also_new : "",
    })),
    leads("copy", "download", words.palette.copy, "/privacy"),
    leads("objection", "privacy", words.palette.objection, "/privacy"),
    leads("account", "lock", words.palette.account, "/settings/account"),
    leads("sessions", "lock", words.palette.sessions, "/settings/sessions"),
    ...records,
    ...THEMES.map((theme) =>
      act(theme, "settings", words.palette.theme(words.shell.themes[theme]), () =>
        setColorScheme(theme),
      ),
    ),
    item(words.shell.go, "keys", "info", words.shell.keys, onShowKeys),
    act("sign-out", "out", words.shell.sign_out, signOut),
  ];
}

/** The newest own entries whose notes contain what is typed, one for each note; null while they are asked for. */
function useFound(typed: string): Item[] | null {
  const session = useSession();
  const [wanted] = useDebouncedValue(typed, TYPING_MS);
  const { person, zone } = session;
  const enabled = typed.length >= FOUND_FROM && may(session, "time.write");
  const { data, isPending } = useQuery({
    queryKey: ["entries", "found", person, wanted],
    enabled: enabled && wanted === typed,
    queryFn: ({ signal }) =>
      api.get("/time/entries", { query: { person, note_contains: wanted, limit: 50 }, signal }),
  });
  if (!enabled) return [];
  if (wanted !== typed || isPending) return null;
  const seen = new Set<string>();
  const entries = ((data?.items ?? []) as Entry[]).filter(
    ({ note }) => note && !seen.has(note) && seen.add(note),
  );
  return entries.slice(0, FOUND).map(({ id, note, started_at }) => {
    const day = inZone(started_at, zone).date;
    const filters = new URLSearchParams({ from: day, to: day, person: person ?? "", q: wanted });
    const group = words.palette.found(dateText(day, "short"));
    return item(group, id, "entries", note ?? "", () => go(`/time/entries?${filters}`));
  });
}

function Choices({ onClose, onShowKeys }: Omit<PaletteProps, "opened">) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const items = useItems(onShowKeys);
  const wanted = typed.trim().toLowerCase();
  const found = useFound(wanted);
  const named = items
    .map((item) => ({ item, score: wanted ? scoreOf(item, wanted) : 1 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
    .slice(0, SHOWN);
  const shown = [...named, ...(found ?? [])];

  const run = (item: Item | undefined) => {
    if (!item) return;
    onClose();
    setTimeout(item.run);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // Enter ends a word of an input method
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = (at + step + shown.length) % Math.max(1, shown.length);
      setAt(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(shown[at]);
    }
  };

  return (
    <div>
      <TextInput
        variant="unstyled"
        size="md"
        px={16}
        py={6}
        data-autofocus
        leftSection={<Icon name="search" size={18} />}
        placeholder={words.shell.search_hint}
        aria-label={words.shell.search}
        role="combobox"
        aria-expanded={shown.length > 0}
        aria-controls={list}
        aria-activedescendant={shown.length ? `${list}-${at}` : undefined}
        value={typed}
        onKeyDown={keys}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
      />
      {found && shown.length === 0 && <p className="muted palette-none">{words.shell.nothing}</p>}
      <div
        className="palette-list"
        id={list}
        role="listbox"
        aria-label={words.shell.search}
        hidden={shown.length === 0}
      >
        {shown.map((item, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above takes the keys
          <div
            key={item.id}
            id={`${list}-${i}`}
            className="palette-item"
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onMouseMove={() => setAt(i)}
            onClick={() => run(item)}
          >
            <Icon name={item.icon} size={18} />
            <span className="grow truncate">{item.label}</span>
            <span className="small muted">{item.group}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

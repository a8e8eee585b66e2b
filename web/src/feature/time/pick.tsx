// Choosing a project, a task, a client, tags, somebody who records time.
import { MultiSelect } from "@mantine/core";
import { createContext, useContext, useLayoutEffect, useRef } from "react";
import { api } from "~/api/client";
import { refresh, useById } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { useReaches } from "~/shell/session";
import { paletteColour } from "~/ui/colours";
import { StoredNow } from "~/ui/conflict";
import { Picker, type PickProps } from "~/ui/picker";
import { type Create, PickOption, usePicking } from "~/ui/picking";
import {
  type Kind,
  type Project,
  useClientName,
  useClients,
  useMayManage,
  useProjects,
  useTags,
  useTasks,
} from "./data";
import { words } from "./words";

export function Dot({ project }: { project: Pick<Project, "id" | "colour"> | undefined }) {
  return <span className="dot" style={{ background: paletteColour(project) }} aria-hidden="true" />;
}

/** A project by its name and, as names repeat, its client. */
export function ProjectName({ project }: { project: Project | undefined }) {
  const client = useClientName()(project);
  return (
    <span className={project ? "project" : "project muted"}>
      <Dot project={project} />
      <span className="truncate">
        {project?.name ?? words.pick.project}
        {client && (
          <span className="project-client muted small">
            <span className="project-dot"> · </span>
            {client}
          </span>
        )}
      </span>
    </span>
  );
}

/** Something that was made while it was chosen. */
export interface Made {
  kind: Kind;
  id: string;
  version: number;
}

/** Who has to know of that. */
export const Makes = createContext<(made: Made) => void>(() => {});

/** Makes a client, project, task or tag that has no more than a name, where the person may. */
function useCreate(kind: Kind, more: object = {}) {
  const mayCreate = useMayManage(kind);
  const tell = useContext(Makes);
  const create: Create = async (name) => {
    const { id, version } = await api.post(`/${kind}` as "/clients", { body: { name, ...more } });
    tell({ kind, id, version });
    await refresh(kind);
    return id;
  };
  return mayCreate && create;
}

interface ProjectSelectProps extends PickProps {
  /** Whether a missing one can be made here; not where one is only looked for. */
  creates?: boolean;
}

export function ProjectSelect({ creates, ...props }: ProjectSelectProps) {
  const projects = useProjects();
  const clientName = useClientName();
  const byId = useById(projects.data);
  const create = useCreate("projects", { billable: true });
  const items = (projects.data ?? [])
    .filter(({ archived, id }) => !archived || [props.value, props.stored].includes(id))
    .map((project) => {
      const { id, name } = project;
      const client = clientName(project);
      return {
        id,
        name,
        label: client && `${name} · ${client}`,
        group: client ?? words.pick.client,
      };
    });
  return (
    <Picker
      placeholder={words.pick.project}
      items={items}
      create={creates && create}
      leftSection={props.value ? <Dot project={byId.get(props.value as string)} /> : undefined}
      renderOption={({ option }) => {
        const project = byId.get(option.value);
        return (
          <>
            <Dot project={project} />
            <span className="truncate">{project?.name}</span>
          </>
        );
      }}
      {...props}
    />
  );
}

interface TaskSelectProps extends PickProps {
  project: string | null;
}

export function TaskSelect({ project, placeholder = words.pick.task, ...props }: TaskSelectProps) {
  const tasks = useTasks();
  const create = useCreate("tasks", { project });
  const items = (tasks.data ?? []).filter(
    (task) => task.project === project && (!task.archived || task.id === props.value),
  );
  const none = project ? words.pick.no_tasks : words.pick.task_needs;
  /** Which may be of another project. */
  const stored = tasks.data?.find(({ id }) => id === props.stored);
  return (
    <Picker
      items={items}
      create={project !== null && create}
      placeholder={items.length > 0 ? placeholder : none}
      disabled={items.length === 0 && !(project && create)}
      {...props}
      {...(stored && { stored: undefined, description: <StoredNow value={stored.name} /> })}
    />
  );
}

export function ClientSelect({ creates, ...props }: ProjectSelectProps) {
  const clients = useClients();
  const create = useCreate("clients");
  return (
    <Picker
      items={clients.data ?? []}
      create={creates && create}
      placeholder={words.pick.client}
      {...props}
    />
  );
}

interface TagSelectProps {
  label: string;
  value: string[];
  onChange: (value: string[]) => void;
  /** What is stored, where that differs. */
  stored?: string[];
  /** Those to choose from; absent: all, and what is missing can be made. */
  among?: string[];
}

export function TagSelect({ label, value, onChange, stored, among }: TagSelectProps) {
  const tags = useTags();
  const make = useCreate("tags");
  const create = !among && make;
  const options = (tags.data ?? [])
    .filter(({ id }) => !among || among.includes(id))
    .map(({ id, name }) => ({ name, item: { value: id, label: name } }));
  /** As it is when something was made, in no render yet. */
  const chosen = useRef(value);
  useLayoutEffect(() => {
    chosen.current = value;
  });
  const pick = (id: string) => {
    chosen.current = [...chosen.current, id];
    onChange(chosen.current);
  };
  const picking = usePicking({ options, create, pick, several: true, label });
  if (options.length === 0 && !create) return null;
  const now = options.filter(({ item }) => stored?.includes(item.value)).map(({ name }) => name);
  return (
    <MultiSelect
      label={label}
      description={stored && <StoredNow value={now.join(", ")} />}
      data={[...options.map(({ item }) => item), ...picking.offered]}
      searchable
      clearable
      renderOption={({ option, checked }) => (
        <PickOption option={option} checked={checked}>
          {option.label}
        </PickOption>
      )}
      value={value}
      {...picking.props}
      onChange={(next) => {
        if (!picking.makes(next.find((id) => !value.includes(id)))) onChange(next);
      }}
    />
  );
}

/** Somebody whose time may be read; and who is chosen already, be it by an address. */
export function WorkerSelect(props: PickProps) {
  const reaches = useReaches("time.read");
  const items = (usePeople().data ?? []).filter(
    (person) => reaches(person) || person.id === props.value,
  );
  return <Picker items={items} placeholder={words.pick.all_people} {...props} />;
}

// Choosing a project, a task, tags, a person.
import { MultiSelect, Select, type SelectProps } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { all } from "~/api/client";
import { paletteColour } from "~/ui/colours";
import { type Project, useById, useClients, useProjects, useTags, useTasks } from "./data";
import { words } from "./words";

export const usePeople = (enabled = true) =>
  useQuery({ queryKey: ["people"], queryFn: () => all("/people"), staleTime: 300_000, enabled });

export function Dot({ project }: { project: Pick<Project, "id" | "colour"> | undefined }) {
  return <span className="dot" style={{ background: paletteColour(project) }} aria-hidden="true" />;
}

export function ProjectName({ project }: { project: Project | undefined }) {
  return (
    <span className={project ? "project" : "project muted"}>
      <Dot project={project} />
      <span className="truncate">{project?.name ?? words.pick.project}</span>
    </span>
  );
}

type PickProps = Omit<SelectProps, "data">;

export function ProjectSelect({ placeholder = words.pick.project, ...props }: PickProps) {
  const projects = useProjects();
  const clients = useById(useClients().data);
  const byId = useById(projects.data);
  const open = (projects.data ?? []).filter(
    (project) => !project.archived || project.id === props.value,
  );
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const project of open) {
    const client = (project.client && clients.get(project.client)?.name) || words.pick.client;
    groups.set(client, [...(groups.get(client) ?? []), { value: project.id, label: project.name }]);
  }
  const data = [...groups].map(([group, items]) => ({ group, items }));
  return (
    <Select
      data={data.length === 1 && data[0]?.group === words.pick.client ? data[0].items : data}
      placeholder={placeholder}
      searchable
      clearable
      leftSection={props.value ? <Dot project={byId.get(props.value as string)} /> : undefined}
      renderOption={({ option }) => <ProjectName project={byId.get(option.value)} />}
      {...props}
    />
  );
}

export function TaskSelect({ project, ...props }: PickProps & { project: string | null }) {
  const tasks = useTasks();
  const data = (tasks.data ?? [])
    .filter((task) => task.project === project && (!task.archived || task.id === props.value))
    .map(({ id, name }) => ({ value: id, label: name }));
  const none = project ? words.pick.no_tasks : words.pick.task_needs;
  return (
    <Select
      data={data}
      placeholder={data.length > 0 ? words.pick.task : none}
      disabled={data.length === 0}
      searchable
      clearable
      {...props}
    />
  );
}

interface TagSelectProps {
  label?: string;
  value: string[];
  onChange: (value: string[]) => void;
}

export function TagSelect(props: TagSelectProps) {
  const tags = useTags();
  const data = (tags.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  if (data.length === 0) return null;
  return <MultiSelect data={data} searchable clearable {...props} />;
}

export function PersonSelect(props: PickProps) {
  const people = usePeople();
  const data = (people.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return <Select data={data} placeholder={words.pick.person} searchable clearable {...props} />;
}

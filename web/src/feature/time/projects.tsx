// What time is booked on: projects, clients, tasks and tags, each a list with a form beside it.
import { Button, Checkbox, Menu, Switch, TextInput } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, type Path } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { refresh, useById } from "~/api/queries";
import { useAsked, useFilters } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { PALETTE } from "~/ui/colours";
import { TextFilter } from "~/ui/filters";
import { Form, Submit, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { MenuHead, RecordDrawer, RecordRemoval, RowMenu, RowName } from "~/ui/record";
import { Select } from "~/ui/select";
import { Empty, PageHead, Show } from "~/ui/states";
import { Tabs } from "~/ui/tabs";
import { moneyInput, moneyOf, moneyText } from "~/ui/time";
import { notify, notifyProblem } from "~/ui/toasts";
import { words as shared } from "~/words";
import { type Kind, useClients, useMayManage, useProjects, useTags, useTasks } from "./data";
import { ClientSelect, Dot, ProjectName, ProjectSelect } from "./pick";
import { words } from "./words";

const KINDS: Kind[] = ["projects", "clients", "tasks", "tags"];
const pathOf = (kind: Kind) => (kind === "projects" ? "/projects" : `/projects/${kind}`);

/** Where one of them is, as the one that has the most columns. */
const rowPath = (kind: Kind) => `/${kind}/{id}` as "/projects/{id}";

/** The columns that any of the four may have. */
interface Thing {
  id: string;
  version: number;
  name: string;
  archived?: boolean;
  client?: string | null;
  project?: string | null;
  colour?: string | null;
  billable?: boolean;
  rate_minor?: number | null;
}

function useThings(kind: Kind) {
  const lists = {
    projects: useProjects(),
    clients: useClients(),
    tasks: useTasks(),
    tags: useTags(),
  };
  return lists[kind];
}

export default function ProjectsPage({ params }: { params: Record<string, string> }) {
  const kind = KINDS.find((kind) => kind === params.kind) ?? "projects";
  return <Things key={kind} kind={kind} />; // what is open is of one kind
}

function Things({ kind }: { kind: Kind }) {
  const mayManage = useMayManage(kind);
  const [editing, setEditing] = useState<Thing | "new" | null>(null);
  useAsked("new", () => mayManage && setEditing("new"));
  return (
    <>
      <PageHead title={words.projects.title} lead={words.projects.lead}>
        {mayManage && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEditing("new")}>
            {words.projects.create[kind]}
          </Button>
        )}
      </PageHead>
      <Tabs
        label={words.projects.title}
        tabs={KINDS.map((each) => [pathOf(each), words.projects.tabs[each]])}
        here={pathOf(kind)}
      />
      <ThingList kind={kind} onEdit={setEditing} />
      <RecordDrawer
        record={editing}
        create={words.projects.create[kind]}
        edit={editing !== "new" ? (editing?.name ?? "") : ""}
        onClose={() => setEditing(null)}
      >
        {(thing) => <ThingForm kind={kind} thing={thing} onClose={() => setEditing(null)} />}
      </RecordDrawer>
    </>
  );
}

function ThingList({ kind, onEdit }: { kind: Kind; onEdit: (thing: Thing | "new") => void }) {
  const { currency } = useSession();
  const mayManage = useMayManage(kind);
  const seesRates = useMay()("rates.read");
  const [filters, setFilters] = useFilters();
  const [removing, setRemoving] = useState<Thing | null>(null);
  const things = useThings(kind);
  const clients = useById(useClients().data);
  const projects = useById(useProjects().data);
  const wanted = (filters.get("q") ?? "").toLowerCase();
  const withArchived = filters.get("archived") === "true";

  const shown = useMemo(
    () =>
      ((things.data ?? []) as Thing[])
        .filter((thing) => withArchived || !thing.archived)
        .filter((thing) => thing.name.toLowerCase().includes(wanted))
        .sort((a, b) => a.name.localeCompare(b.name)),
    [things.data, wanted, withArchived],
  );

  const clientOf = ({ client }: Thing) => clients.get(client ?? "")?.name;
  const archive = async ({ id, version, name, archived }: Thing) => {
    try {
      await api.patch(rowPath(kind), {
        params: { id },
        version,
        body: { archived: !archived },
      });
      await refresh(kind);
      if (!archived) notify(words.projects.archived_done(name));
    } catch (error) {
      notifyProblem(error);
    }
  };

  return (
    <>
      <div className="filters">
        <TextFilter label={words.projects.search} />
        {kind !== "tags" && (
          <Switch
            label={words.projects.show_archived}
            checked={withArchived}
            mb={8}
            onChange={(event) =>
              setFilters({ archived: event.currentTarget.checked ? "true" : null })
            }
          />
        )}
      </div>
      <section className="card flush" aria-label={words.projects.tabs[kind]}>
        <Show query={things as UseQueryResult<Thing[]>}>
          {(all) =>
            shown.length === 0 && all.length > 0 ? (
              <Empty
                icon="search"
                title={words.projects.none}
                text={words.projects.none_help(kind !== "tags")}
              />
            ) : shown.length === 0 ? (
              <Empty
                icon={kind === "tags" ? "tag" : "folder"}
                title={words.projects.empty[kind]}
                text={words.projects.empty_help[kind]}
              >
                {mayManage && (
                  <Button variant="default" onClick={() => onEdit("new")}>
                    {words.projects.create[kind]}
                  </Button>
                )}
              </Empty>
            ) : (
              <div className="scroll">
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{words.field.name}</th>
                      {kind === "projects" && (
                        <th scope="col" className="off-phone">
                          {words.field.client}
                        </th>
                      )}
                      {kind === "tasks" && <th scope="col">{words.field.project}</th>}
                      {kind === "projects" && seesRates && (
                        <th scope="col" className="num">
                          {words.field.rate(currency)}
                        </th>
                      )}
                      <MenuHead />
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map((thing) => (
                      <tr key={thing.id}>
                        <th scope="row">
                          <span className="row">
                            <RowName onEdit={mayManage && (() => onEdit(thing))}>
                              <ThingName kind={kind} thing={thing} />
                            </RowName>
                            {thing.archived && (
                              <span className="tag">{words.projects.archived}</span>
                            )}
                          </span>
                          {kind === "projects" && (
                            <span className="on-phone below">{clientOf(thing)}</span>
                          )}
                        </th>
                        {kind === "projects" && (
                          <td className="off-phone">{clientOf(thing) ?? "–"}</td>
                        )}
                        {kind === "tasks" && (
                          <td>
                            <ProjectName project={projects.get(thing.project ?? "")} />
                          </td>
                        )}
                        {kind === "projects" && seesRates && (
                          <td className="num">
                            {thing.billable && thing.rate_minor != null
                              ? moneyText(thing.rate_minor, currency)
                              : "–"}
                          </td>
                        )}
                        <td className="acts">
                          {mayManage && (
                            <RowMenu
                              name={thing.name}
                              onEdit={() => onEdit(thing)}
                              onRemove={() => setRemoving(thing)}
                            >
                              {kind !== "tags" && (
                                <Menu.Item
                                  leftSection={<Icon name="folder" size={16} />}
                                  onClick={() => void archive(thing)}
                                >
                                  {thing.archived ? shared.act.restore : shared.act.archive}
                                </Menu.Item>
                              )}
                            </RowMenu>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Show>
      </section>
      {removing && (
        <RecordRemoval
          name={removing.name}
          text={words.projects}
          onClose={() => setRemoving(null)}
          run={async () => {
            await api.delete(rowPath(kind), {
              params: { id: removing.id },
              version: removing.version,
            });
            await refresh(kind);
            notify(words.projects.removed(removing.name));
          }}
        />
      )}
    </>
  );
}

function ThingName({ kind, thing }: { kind: Kind; thing: Thing }) {
  if (kind !== "projects") return thing.name;
  return (
    <span className="project">
      <Dot project={{ id: thing.id, colour: thing.colour ?? null }} />
      {thing.name}
    </span>
  );
}

interface ThingFormProps {
  kind: Kind;
  thing: Thing | undefined;
  onClose: () => void;
}

function ThingForm({ kind, thing, onClose }: ThingFormProps) {
  const { currency } = useSession();
  const seesRates = useMay()("rates.read");
  const valuesOf = (row?: Thing) => ({
    name: row?.name ?? "",
    client: row?.client ?? null,
    project: row?.project ?? null,
    colour: row?.colour ?? null,
    billable: row?.billable ?? true,
    rate_minor: row?.rate_minor == null ? "" : moneyInput(row.rate_minor, currency),
  });
  const form = useForm({
    initial: valuesOf(thing),
    shared: {
      row: thing,
      values: valuesOf,
      read: ({ id }) => api.get(rowPath(kind), { params: { id } }),
    },
    check: ({ name, project, rate_minor }) => ({
      name: !name.trim() && shared.form.required,
      project: kind === "tasks" && !project && shared.form.required,
      rate_minor: rate_minor && moneyOf(rate_minor, currency) === null && shared.form.number(),
    }),
    max: limitsOf(`/${kind}`),
    submit: async ({ name, client, project, colour, billable, rate_minor }, row) => {
      const body = {
        name: name.trim(),
        ...(kind === "projects" && {
          client,
          colour,
          billable,
          ...(seesRates && { rate_minor: rate_minor ? moneyOf(rate_minor, currency) : null }),
        }),
        ...(kind === "tasks" && { project }),
      };
      if (!row) await api.post(`/${kind}` as Path & "/projects", { body });
      else await api.patch(rowPath(kind), { params: { id: row.id }, version: row.version, body });
      await refresh(kind, "report"); // which says its name
    },
    done: onClose,
  });
  return (
    <Form form={form}>
      <TextInput label={words.field.name} required {...form.text("name")} />
      {kind === "tasks" && (
        <ProjectSelect label={words.field.project} required creates {...form.select("project")} />
      )}
      {kind === "projects" && (
        <>
          <ClientSelect label={words.field.client} creates {...form.select("client")} />
          <Select
            label={words.field.colour}
            clearable
            data={PALETTE.map(({ value, name }) => ({ value, label: name }))}
            leftSection={<Dot project={{ id: thing?.id ?? "", colour: form.values.colour }} />}
            renderOption={({ option }) => (
              <span className="project">
                <span className="dot" style={{ background: option.value }} />
                {option.label}
              </span>
            )}
            {...form.select("colour")}
          />
          <Checkbox label={words.field.billable} {...form.check("billable")} />
          {form.values.billable && seesRates && (
            <TextInput
              label={words.field.rate(currency)}
              description={words.field.rate_help}
              inputMode="decimal"
              {...form.text("rate_minor")}
            />
          )}
        </>
      )}
      <Submit form={form} onCancel={onClose} />
    </Form>
  );
}

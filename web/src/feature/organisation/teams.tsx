// Teams: a manager sees the time of their team.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, type Row } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { refresh } from "~/api/queries";
import { Link } from "~/shell/router";
import { useMay } from "~/shell/session";
import { Form, Submit, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { MenuHead, RecordDrawer, RecordRemoval, RowMenu, RowName } from "~/ui/record";
import { Scroll } from "~/ui/scroll";
import { Empty, PageHead, Show } from "~/ui/states";
import { words as shared } from "~/words";
import { usePeople } from "./data";
import { PeopleTabs, useTeams } from "./people";
import { words } from "./words";

type Team = Row<"/teams">;

export default function Teams() {
  const may = useMay();
  const teams = useTeams();
  const people = usePeople();
  const [editing, setEditing] = useState<Team | "new" | null>(null);
  const close = () => setEditing(null);
  const [removing, setRemoving] = useState<Team | null>(null);
  return (
    <>
      <PageHead title={words.people.title} lead={<TeamsLead />}>
        {may("people.manage") && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEditing("new")}>
            {words.teams.create}
          </Button>
        )}
      </PageHead>
      <PeopleTabs here="teams" />
      <Scroll label={words.people.tabs.teams}>
        <Show query={teams}>
          {(teams) =>
            teams.length === 0 ? (
              <Empty icon="people" title={words.teams.empty} text={words.teams.empty_help} />
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{words.teams.name}</th>
                    <th scope="col">{words.teams.manager}</th>
                    <th scope="col" className="num">
                      {words.teams.members}
                    </th>
                    <MenuHead />
                  </tr>
                </thead>
                <tbody>
                  {teams.map((team) => (
                    <tr key={team.id}>
                      <th scope="row">
                        <RowName onEdit={may("people.manage") && (() => setEditing(team))}>
                          {team.name}
                        </RowName>
                      </th>
                      <td>
                        {(people.data ?? [])
                          .filter(({ role }) => role === "manager")
                          .filter((person) => person.team === team.id)
                          .map(({ name }) => name)
                          .join(", ") || "–"}
                      </td>
                      <td className="num">
                        {(people.data ?? []).filter((person) => person.team === team.id).length}
                      </td>
                      <td className="acts">
                        {may("people.manage") && (
                          <RowMenu
                            name={team.name}
                            onEdit={() => setEditing(team)}
                            onRemove={() => setRemoving(team)}
                          />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Show>
      </Scroll>
      <RecordDrawer
        record={editing}
        create={words.teams.create}
        edit={words.teams.edit}
        onClose={close}
      >
        {(team) => <TeamForm team={team} onClose={close} />}
      </RecordDrawer>
      {removing && (
        <RecordRemoval
          name={removing.name}
          text={words.teams}
          onClose={() => setRemoving(null)}
          run={async () => {
            const { id, version } = removing;
            await api.delete("/teams/{id}", { params: { id }, version });
            await refresh("teams", "people");
          }}
        />
      )}
    </>
  );
}

/** How managers and members come together, and where that is set. */
function TeamsLead() {
  const may = useMay();
  return (
    <>
      {words.teams.lead}{" "}
      {may("people.manage") ? (
        <Link href="/people">{words.teams.to_people}</Link>
      ) : (
        words.teams.set_by_admin
      )}
    </>
  );
}

const valuesOf = (team?: Team) => ({ name: team?.name ?? "" });

function TeamForm({ team, onClose }: { team: Team | undefined; onClose: () => void }) {
  const form = useForm({
    initial: valuesOf(team),
    shared: {
      row: team,
      values: valuesOf,
      read: ({ id }) => api.get("/teams/{id}", { params: { id } }),
    },
    check: ({ name }) => ({ name: !name.trim() && shared.form.required }),
    max: limitsOf("/teams"),
    submit: async ({ name }, row) => {
      const body = { name: name.trim() };
      if (row)
        await api.patch("/teams/{id}", { params: { id: row.id }, version: row.version, body });
      else await api.post("/teams", { body });
      await refresh("teams");
    },
    done: onClose,
  });
  return (
    <Form form={form}>
      <TextInput label={words.teams.name} required {...form.text("name")} />
      <Submit form={form} onCancel={onClose} />
    </Form>
  );
}

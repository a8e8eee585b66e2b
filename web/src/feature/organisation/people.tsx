// The directory: people, their roles and teams, rates for admins, invitations by link.
import { Button, CopyButton, Menu, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type Answer, all, api, Problem, type Row, type Whole } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { refresh, useById } from "~/api/queries";
import { go, useAsked, useFilters } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { Modal } from "~/ui/dialog";
import { Eye } from "~/ui/eye";
import { TextFilter } from "~/ui/filters";
import { Form, Submit, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { MenuHead, RecordDrawer, RowMenu, RowName } from "~/ui/record";
import { Scroll } from "~/ui/scroll";
import { Select } from "~/ui/select";
import { Empty, Notice, PageHead, Show } from "~/ui/states";
import { Tabs } from "~/ui/tabs";
import { momentText, moneyInput, moneyOf } from "~/ui/time";
import { notify, notifyProblem } from "~/ui/toasts";
import { ZoneSelect } from "~/ui/zone";
import { ROLES, words as shared } from "~/words";
import { usePeople, useRolesWith } from "./data";
import { words } from "./words";

type Person = Row<"/people">;
type Invited = Whole<Answer<"/people/{id}/invitation", "post">> & {
  name: string;
  /** There is an account already: the link sets a new password. */
  joined: boolean;
};

/** Somebody with a role and no account yet, which the link of an invitation makes. */
const isAwaited = ({ role, active, joined_at }: Person) => active && role !== "none" && !joined_at;

export const useTeams = () =>
  useQuery({ queryKey: ["teams"], queryFn: () => all("/teams"), staleTime: 300_000 });

const useRates = (enabled: boolean) =>
  useQuery({ queryKey: ["rates"], queryFn: () => all("/people/rates"), enabled });

const TABS = { people: "/people", teams: "/people/teams", roles: "/people/roles" } as const;
type Tab = keyof typeof TABS;

export function PeopleTabs({ here }: { here: Tab }) {
  return (
    <Tabs
      label={words.people.title}
      tabs={(Object.keys(TABS) as Tab[]).map((tab) => [TABS[tab], words.people.tabs[tab]])}
      here={TABS[here]}
    />
  );
}

function PeopleSeen() {
  const roles = useRolesWith("rates.read");
  return (
    <>
      {words.people.seen} {roles && words.people.rates_seen(roles)}
    </>
  );
}

export default function People() {
  const may = useMay();
  const { zone, role } = useSession();
  const [filters, setFilters] = useFilters();
  const [editing, setEditing] = useState<Person | "new" | null>(null);
  useAsked("new", () => may("people.manage") && setEditing("new"));
  /** The person being edited, or added, is to be invited. */
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<Invited | null>(null);
  const people = usePeople();
  useRates(may("organisation.manage")); // there when somebody is opened
  const teams = useById(useTeams().data);
  const wanted = (filters.get("q") ?? "").toLowerCase();
  const withInactive = filters.get("inactive") === "true";
  const shown = useMemo(
    () =>
      (people.data ?? [])
        .filter(({ active }) => active || withInactive)
        .filter(({ name, email, title }) =>
          [name, email, title].some((text) => text?.toLowerCase().includes(wanted)),
        )
        .sort((a, b) => a.name.localeCompare(b.name)),
    [people.data, wanted, withInactive],
  );

  const mayLink = (person: Person) =>
    person.active && (person.role !== "owner" || role === "owner");
  const invite = async (person: Person) => {
    // Who is only in the directory gets an address and a role first.
    if (!person.email || person.role === "none") {
      setInviting(true);
      return setEditing(person);
    }
    try {
      const link = await api.post("/people/{id}/invitation", { params: { id: person.id } });
      setInvited({ ...link, name: person.name, joined: Boolean(person.joined_at) } as Invited);
    } catch (error) {
      notifyProblem(error);
    }
  };
  const close = () => {
    setEditing(null);
    setInviting(false);
  };
  const linkTitle = invited?.joined ? words.people.reset_title : words.people.invited;
  const link = invited ? `${location.origin}/invitations/${invited.link_token}` : "";

  return (
    <>
      <PageHead
        title={words.people.title}
        lead={words.people.lead}
        aside={<Eye table="person" seen={<PeopleSeen />} />}
      >
        {may("people.manage") && (
          <>
            <Button variant="default" onClick={() => setEditing("new")}>
              {words.people.create}
            </Button>
            <Button
              leftSection={<Icon name="plus" size={16} />}
              onClick={() => {
                setInviting(true);
                setEditing("new");
              }}
            >
              {words.people.invite_new}
            </Button>
          </>
        )}
      </PageHead>
      <PeopleTabs here="people" />
      <div className="filters">
        <TextFilter label={words.people.search} />
        <Switch
          mb={8}
          label={words.people.inactive_shown}
          checked={withInactive}
          onChange={(event) =>
            setFilters({ inactive: event.currentTarget.checked ? "true" : null })
          }
        />
      </div>
      <Scroll label={words.people.title}>
        <Show query={people}>
          {() =>
            shown.length === 0 ? (
              <Empty icon="people" title={words.people.empty} text={words.people.empty_help} />
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{words.people.name}</th>
                    <th scope="col" className="off-phone">
                      {words.people.title_field}
                    </th>
                    <th scope="col" className="off-phone">
                      {words.people.team}
                    </th>
                    <th scope="col">{words.people.role}</th>
                    <MenuHead />
                  </tr>
                </thead>
                <tbody>
                  {shown.map((person) => (
                    <tr key={person.id}>
                      <th scope="row">
                        <span className="stack none">
                          <RowName onEdit={may("people.manage") && (() => setEditing(person))}>
                            {person.name}
                          </RowName>
                          <span className="small muted wrap-anywhere">{person.email}</span>
                          <span className="small muted on-phone">
                            {[person.title, teams.get(person.team ?? "")?.name]
                              .filter(Boolean)
                              .join(" · ")}
                          </span>
                        </span>
                      </th>
                      <td className="off-phone">{person.title ?? "–"}</td>
                      <td className="off-phone">{teams.get(person.team ?? "")?.name ?? "–"}</td>
                      <td>
                        <span className={person.role === "none" ? "tag" : "tag good"}>
                          {shared.roles[person.role as keyof typeof shared.roles] ?? "–"}
                        </span>{" "}
                        {!person.active && (
                          <span className="tag warn">{words.people.inactive}</span>
                        )}
                        {isAwaited(person) && may("people.manage") && (
                          <span className="tag warn">{words.people.awaited}</span>
                        )}
                      </td>
                      <td className="acts">
                        {may("people.manage") && (
                          <RowMenu
                            name={person.name}
                            onEdit={() => setEditing(person)}
                            remove={words.people.erase}
                            onRemove={() => go(`/privacy/requests?person=${person.id}`)}
                          >
                            {mayLink(person) && (
                              <Menu.Item
                                leftSection={<Icon name="link" size={16} />}
                                onClick={() => void invite(person)}
                              >
                                {person.joined_at ? words.people.reset : words.people.invite}
                              </Menu.Item>
                            )}
                          </RowMenu>
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
        create={inviting ? words.people.invite_new : words.people.create}
        edit={inviting ? words.people.invite : words.people.edit}
        onClose={close}
      >
        {(person) => (
          <PersonForm
            person={person}
            inviting={inviting}
            onSaved={(saved, invites) => {
              if (invites) void invite(saved);
              else if (!person && saved.email)
                notify(words.people.added(saved.name), {
                  act: { label: words.people.invite, run: () => void invite(saved) },
                });
            }}
            onClose={close}
          />
        )}
      </RecordDrawer>
      {invited && (
        <Modal opened onClose={() => setInvited(null)} title={linkTitle}>
          <div className="stack">
            <Notice icon="link" kind={invited.joined ? "warn" : "plain"}>
              {(invited.joined ? words.people.reset_help : words.people.invited_help)(
                invited.name,
                momentText(invited.expires_at, zone),
              )}
            </Notice>
            <TextInput readOnly aria-label={linkTitle} value={link} />
            <CopyButton value={link}>
              {({ copied, copy }) => (
                <Button leftSection={<Icon name="copy" size={16} />} onClick={copy} data-autofocus>
                  {copied ? shared.act.copied : shared.act.copy}
                </Button>
              )}
            </CopyButton>
          </div>
        </Modal>
      )}
    </>
  );
}

interface PersonFormProps {
  person: Person | undefined;
  inviting: boolean;
  onSaved: (person: Person, invites: boolean) => void;
  onClose: () => void;
}

/** What the server says when a rate is gone, or there is one already; and of an old version. */
const OTHER_RATE = ["not-found", "already-exists"];
const CHANGED = "version-mismatch";

/** Somebody with what an hour is billed at, for those who may know. */
type Rated = Person & { rate?: Row<"/people/rates"> };

const ratedOf = (person: Person, rates: Row<"/people/rates">[]): Rated => ({
  ...person,
  rate: rates.find((rate) => rate.person === person.id),
});

function PersonForm({ person, ...props }: PersonFormProps) {
  const seesRates = useMay()("organisation.manage");
  const rates = useRates(seesRates);
  if (!person || !seesRates) return <PersonFields person={person} {...props} />;
  return (
    <Show query={rates}>
      {(rates) => <PersonFields person={ratedOf(person, rates)} {...props} />}
    </Show>
  );
}

interface PersonFieldsProps extends PersonFormProps {
  person: Rated | undefined;
}

function PersonFields({ person, inviting, onSaved, onClose }: PersonFieldsProps) {
  const session = useSession();
  const teams = useTeams();
  const seesRates = useMay()("organisation.manage");
  const currency = session.currency;

  const saveRate = async (person: string, text: string, was: Rated["rate"]) => {
    const rate_minor = text ? moneyOf(text, currency) : null;
    if (rate_minor === (was?.rate_minor ?? null)) return;
    const at = was && { params: { id: was.id }, version: was.version };
    try {
      if (at && rate_minor === null) await api.delete("/people/rates/{id}", at);
      else if (rate_minor !== null)
        await (at
          ? api.patch("/people/rates/{id}", { ...at, body: { rate_minor } })
          : api.post("/people/rates", { body: { person, rate_minor } }));
    } catch (error) {
      // Somebody else has given or taken the rate meanwhile: what to do about that is a choice as well.
      const isOther = error instanceof Problem && OTHER_RATE.includes(error.kind);
      if (!isOther) throw error;
      if (rate_minor !== null) throw new Problem(412, { type: CHANGED, title: error.message });
    }
    await refresh("rates");
  };

  const valuesOf = (row?: Rated) => ({
    name: row?.name ?? "",
    email: row?.email ?? "",
    title: row?.title ?? "",
    team: row?.team ?? null,
    role: inviting && row?.role === "none" ? "member" : (row?.role ?? "member"),
    zone: row?.zone ?? null,
    rate_minor: row?.rate ? moneyInput(row.rate.rate_minor, currency) : "",
    active: row?.active ?? true,
    invites: inviting || !row,
  });
  const form = useForm({
    initial: valuesOf(person),
    shared: {
      row: person,
      values: valuesOf,
      read: async ({ id }) =>
        ratedOf(
          await api.get("/people/{id}", { params: { id } }),
          seesRates ? await all("/people/rates") : [],
        ),
    },
    check: ({ name, email, role, rate_minor }) => ({
      name: !name.trim() && shared.form.required,
      email: inviting && !email.trim() && words.people.email_needed,
      role: inviting && role === "none" && words.people.role_needed,
      rate_minor: rate_minor && moneyOf(rate_minor, currency) === null && shared.form.number(),
    }),
    max: limitsOf("/people"),
    done: onClose,
    submit: async ({ name, email, title, team, role, zone, rate_minor, active, invites }, row) => {
      const body = {
        name: name.trim(),
        email: email.trim() || null,
        title: title.trim() || null,
        team,
        role,
        zone,
        active,
      };
      const saved = row
        ? await api.patch("/people/{id}", {
            params: { id: row.id },
            version: row.version,
            body,
          })
        : await api.post("/people", { body });
      form.know({ ...saved, rate: row?.rate }); // also when the rate is not stored
      await saveRate(saved.id, rate_minor, row?.rate);
      await refresh("people", "session", "report");
      onSaved(saved, invites && mayInvite);
    },
  });
  const { email, role, active } = form.values;
  /** Only owners give that role, and take it. */
  const ownerOfOthers = person?.role === "owner" && session.role !== "owner";
  const roles = ROLES.filter(
    (role) => role !== "owner" || ownerOfOthers || session.role === "owner",
  );
  const mayInvite = inviting || (!person && email.trim() !== "" && role !== "none" && active);
  return (
    <Form form={form}>
      <TextInput label={words.people.name} required {...form.text("name")} />
      <TextInput
        label={words.people.email}
        description={person?.joined_at ? words.people.email_fixed : words.people.email_help}
        disabled={Boolean(person?.joined_at)}
        required={inviting}
        type="email"
        {...form.text("email")}
      />
      <TextInput label={words.people.title_field} {...form.text("title")} />
      <Select
        label={words.people.team}
        placeholder={words.people.no_team}
        clearable
        data={(teams.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        {...form.select("team")}
      />
      <Select
        label={words.people.role}
        description={words.people.role_help[form.values.role ?? "none"]}
        allowDeselect={false}
        disabled={ownerOfOthers}
        data={roles.map((value) => ({ value, label: shared.roles[value] }))}
        {...form.select("role")}
      />
      <ZoneSelect
        label={words.people.zone}
        description={words.people.zone_help}
        clearable
        {...form.select("zone")}
      />
      {seesRates && (
        <TextInput
          label={words.people.rate(currency)}
          description={words.people.rate_help}
          inputMode="decimal"
          {...form.text("rate_minor")}
        />
      )}
      <Switch label={words.people.active} {...form.check("active")} />
      <Submit
        form={form}
        label={mayInvite ? words.people.save_invite : undefined}
        onCancel={onClose}
      >
        {mayInvite && !inviting && (
          <Button
            variant="default"
            disabled={form.busy}
            onClick={() => void form.send({ invites: false })}
          >
            {shared.act.save}
          </Button>
        )}
      </Submit>
    </Form>
  );
}

// Changing many entries at once: what they are booked on; ten seconds to take it back.
import { Select } from "@mantine/core";
import { Problem, reasonOf } from "~/api/client";
import { Modal } from "~/ui/dialog";
import { Form, Submit, useForm } from "~/ui/form";
import { notify, notifyUndo } from "~/ui/toasts";
import { changesOf, type Entry, type EntryInput, entriesChanged } from "./data";
import { ProjectSelect, TagSelect } from "./pick";
import { changeEntry } from "./unsent";
import { words } from "./words";

interface Values {
  project: string | null;
  billable: string | null;
  tags: string[];
}

/** What an entry is to be; what is not chosen stays. */
function wantedOf({ project, billable, tags }: Values, entry: Entry): Partial<EntryInput> {
  return {
    ...(project && project !== entry.project && { project, task: null }),
    ...(billable && { billable: billable === "yes" }),
    ...(tags.length > 0 && { tags: [...new Set([...((entry.tags as string[]) ?? []), ...tags])] }),
  };
}

interface Changed {
  before: Entry;
  after: Entry;
}

/** Changes one after the other; says how many were not, and why the first of them. */
async function changeAll(entries: Entry[], wanted: (entry: Entry) => Partial<EntryInput>) {
  const changed: Changed[] = [];
  const refused: Problem[] = [];
  for (const before of entries) {
    const changes = changesOf(wanted(before), before);
    if (Object.keys(changes).length === 0) continue;
    try {
      changed.push({ before, after: await changeEntry(before, changes) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.push(error);
    }
  }
  await entriesChanged();
  const [first] = refused;
  if (first)
    notify(words.entries.not_changed(refused.length, entries.length, reasonOf(first)), {
      bad: true,
    });
  return changed;
}

async function restore(changed: Changed[]) {
  const before = new Map(changed.map((each) => [each.after.id, each.before]));
  await changeAll(
    changed.map(({ after }) => after),
    ({ id }) => {
      const { project, task, billable, tags } = before.get(id) as Entry;
      return { project, task, billable, tags } as Partial<EntryInput>;
    },
  );
}

interface ChangeManyProps {
  entries: Entry[];
  onClose: () => void;
}

export function ChangeMany({ entries, onClose }: ChangeManyProps) {
  const form = useForm<Values>({
    initial: { project: null, billable: null, tags: [] },
    submit: async (values) => {
      const changed = await changeAll(entries, (entry) => wantedOf(values, entry));
      if (changed.length > 0)
        notifyUndo(words.entries.changed(changed.length), () => void restore(changed));
    },
    done: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={words.entries.change_many(entries.length)}>
      <Form form={form}>
        <ProjectSelect
          label={words.field.project}
          creates
          {...form.select("project")}
          placeholder={words.entries.stays}
        />
        <Select
          label={words.field.billable}
          placeholder={words.entries.stays}
          clearable
          data={[
            { value: "yes", label: words.entries.billed },
            { value: "no", label: words.entries.free },
          ]}
          {...form.select("billable")}
        />
        <TagSelect
          label={words.entries.add_tags}
          value={form.values.tags}
          onChange={(tags) => form.set({ tags })}
        />
        <Submit form={form} onCancel={onClose} />
      </Form>
    </Modal>
  );
}

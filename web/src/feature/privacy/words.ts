import { countText } from "~/ui/time";

const article = (kind: string) => (/^[aeiou]/i.test(kind) ? "an" : "a");

export const words = {
  title: "Privacy",
  lead: "What is kept, who sees it, and how to export or erase it.",
  tabs: { mine: "My data", data: "Data map", requests: "Export and erasure", audit: "Audit log" },
  mine: {
    copy: "A copy of my data",
    copy_help:
      "Everything in this organisation that is about you, and who read or changed it, as one archive: a page to read, copy.html, and files for programs.",
    download: "Download my copy",
    objection: "No AI on my data",
    objection_help:
      "While this is on, nothing about you is read for an AI function, whoever asks. It takes effect at once.",
    blocked: "An admin has also switched AI off for you.",
    on: "Objection recorded",
    off: "Objection withdrawn",
    erase: "Erasing your data",
    erase_help:
      "An admin erases a person under Export and erasure. What the law requires stays, without you.",
  },
  data: {
    lead: "Made from the declarations that the program runs by, so it is always up to date.",
    search: "Search",
    kind: "Kind",
    all: "All kinds",
    column: "Column",
    what: "What it is",
    privacy: "Kind",
    ai: "AI",
    subject: "names the person",
    reader: "Read with",
    keep: "Kept",
    days: (days: number) => countText(days, "day"),
    account: "Until deleted",
    empty: "Nothing fits",
    empty_help: "Change the search or the kind.",
    count: (columns: number, tables: number) =>
      `${countText(columns, "column")} in ${countText(tables, "table")}`,
  },
  requests: {
    export: "Export the organisation",
    export_help:
      "One archive with everything: records as JSON, files, and a manifest with hashes. It can be read without this program.",
    export_act: "Download the archive",
    erase: "Erase a person",
    erase_help:
      "The person's account and personal records are deleted. Records that others need, such as hours for invoices, stay without the name.",
    erase_act: "Erase person",
    erase_choose: "Person",
    erase_title: (name: string) => `Erase ${name}?`,
    erase_gone:
      "Account, sessions, personal fields, notes and answers of this person will be gone from this organisation.",
    erased: (name: string) => `${name} has been erased`,
    close: "Delete the organisation",
    close_help:
      "The organisation's key is destroyed. From then on its data cannot be read by anyone; backups from before are gone within 30 days.",
    close_act: "Delete organisation",
    close_title: (name: string) => `Delete ${name}?`,
    close_export: "What is to be kept has to be exported before.",
    close_gone: "All people, time, forms, files, settings and receipts of this organisation.",
  },
  audit: {
    lead: "Every change and sign-in, and every reading of another person's data outside the directory. Entries can only be added.",
    when: "When",
    who: "Who",
    action: "Did",
    about: "About",
    detail: "Detail",
    program: "The program",
    /** Who acted that is no person, by the name that the program gives it. */
    programs: {
      job: "The program",
      schema: "An upgrade",
      demo: "The demo",
      "public form": "A public link",
      invitation: "An invitation",
      "sign-up": "A sign-up",
    } as Record<string, string>,
    everything: "Everything",
    /** Somebody whose name is gone with the person. */
    erased: "somebody who is gone",
    within: (called: string, whole: string) => `${called} (${whole})`,
    gone: (kind: string) =>
      kind === "person" ? "a person who is gone" : `${article(kind)} ${kind} that is gone`,
    hidden: (kind: string) => `${article(kind)} ${kind} (the name is not for your role)`,
    unchanged: "Saved as it was",
    counts: {
      rows: (n: number) => countText(n, "record"),
      entries: (n: number) => countText(n, "entry", "entries"),
    } as Record<string, (n: number) => string>,
    /** Something that is chosen, and of which nothing is shown. */
    one: "one record",
    only: (called: string) => `Only: ${called}`,
    only_this: (called: string) => `Only what was done to: ${called}`,
    between: (oldest: string, newest: string) => `${oldest} – ${newest}`,
    times: (n: number) => countText(n, "time"),
    and_more: (rest: number) => `and ${rest} more`,
    empty: "Nothing in this period",
    empty_help: "Changes and readings appear here as they happen; choose another period or filter.",
    filter_who: "Who",
    filter_subject: "Whose data",
    everyone: "Everyone",
    seen: "Admins, owners and auditors.",
    save: "CSV of what is chosen here",
    file: (from: string, to: string) => `audit-${from}-to-${to}`,
    date: "Date",
    time: "Time",
    zone: "Time zone",
    record: "Record",
    request: "Request",
  },
};

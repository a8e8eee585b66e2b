// One form: its submissions, filling it in, its fields, its hooks.
import { Button, CopyButton } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { api } from "~/api/client";
import type { Permission } from "~/api/generated/permissions";
import { refresh } from "~/api/queries";
import { useMay } from "~/shell/session";
import { Icon } from "~/ui/icon";
import { Empty, PageHead, Show } from "~/ui/states";
import { Tabs } from "~/ui/tabs";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import { Builder } from "./builder";
import { type FormRow, useFormRow } from "./data";
import { Fill } from "./fields";
import { StatusTag } from "./forms";
import { Hooks } from "./hooks";
import { Submissions } from "./submissions";
import { uploadInside } from "./upload";
import { words } from "./words";

/** The tabs in order, and what each needs. */
const TABS = {
  submissions: "submissions.read",
  fill: "submissions.write",
  fields: "forms.manage",
  hooks: "forms.manage",
} as const satisfies Record<string, Permission>;
const ALL = Object.keys(TABS) as (keyof typeof TABS)[];

export default function FormPage({ params }: { params: Record<string, string> }) {
  const id = params.form ?? "";
  const may = useMay();
  const form = useFormRow(id);
  const tabs = ALL.filter((tab) => may(TABS[tab]));
  const first = tabs[0];
  const tab = tabs.find((tab) => tab === params.tab) ?? first;
  const pathOf = (each = first) => (each === first ? `/forms/${id}` : `/forms/${id}/${each}`);
  return (
    <Show query={form}>
      {(form) => (
        <>
          <PageHead
            title={form.title}
            lead={form.description ?? undefined}
            aside={<StatusTag status={form.status} />}
          >
            {form.public && form.link && form.status === "open" && (
              <>
                <a href={`/f/${form.link}`} target="_blank" rel="noreferrer">
                  {words.builder.open_public}
                </a>
                <CopyButton value={`${location.origin}/f/${form.link}`}>
                  {({ copied, copy }) => (
                    <Button
                      variant="default"
                      leftSection={<Icon name="link" size={16} />}
                      onClick={copy}
                    >
                      {copied ? shared.act.copied : words.builder.copy_public}
                    </Button>
                  )}
                </CopyButton>
              </>
            )}
          </PageHead>
          <Tabs
            label={form.title}
            tabs={tabs.map((each) => [pathOf(each), words.tabs[each]])}
            here={pathOf(tab)}
          />
          {tab === "submissions" && <Submissions form={form} />}
          {tab === "fill" && <FillInside form={form} />}
          {tab === "fields" && <Builder key={form.id} form={form} />}
          {tab === "hooks" && <Hooks form={form} />}
        </>
      )}
    </Show>
  );
}

function FillInside({ form }: { form: FormRow }) {
  const [count, setCount] = useState(0);
  const card = useRef<HTMLElement>(null);
  // The next one begins where this one did: the button that was pressed goes with its answers.
  useEffect(() => {
    if (count > 0) card.current?.querySelector<HTMLElement>("input, textarea, button")?.focus();
  }, [count]);
  if (form.status !== "open")
    return (
      <section className="card narrow">
        <Empty icon="lock" title={words.fill.closed} text={words.fill.closed_help} />
      </section>
    );
  return (
    <section ref={card} className="card narrow">
      <Fill
        key={count}
        fields={form.fields}
        upload={uploadInside}
        submit={async (answers) => {
          await api.post("/forms/{form}/submissions", {
            params: { form: form.id },
            body: answers,
          });
          await refresh("forms", "submissions", "suggestions");
          notify(words.fill.sent);
          setCount(count + 1);
        }}
      />
    </section>
  );
}

// All forms: status, public link, and the way into each.
import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { refresh } from "~/api/queries";
import { go, Link } from "~/shell/router";
import { reachOf, useMay, useSession } from "~/shell/session";
import { Icon } from "~/ui/icon";
import { MenuHead, RecordRemoval, RowMenu } from "~/ui/record";
import { Scroll } from "~/ui/scroll";
import { Empty, PageHead, Show } from "~/ui/states";
import { numberText } from "~/ui/time";
import { type FormRow, useForms } from "./data";
import { words } from "./words";

const linkOf = (form: FormRow) => (form.public ? words.public : words.internal);

export default function Forms() {
  const may = useMay();
  const forms = useForms();
  const [removing, setRemoving] = useState<FormRow | null>(null);
  const counted = reachOf(useSession(), "submissions.read");
  const add = may("forms.manage") && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => go("/forms/new")}>
      {words.create}
    </Button>
  );
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        {add}
      </PageHead>
      <Scroll label={words.title}>
        <Show query={forms}>
          {(forms) =>
            forms.length === 0 ? (
              <Empty icon="forms" title={words.empty} text={words.empty_help}>
                {add}
              </Empty>
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{words.columns.title}</th>
                    <th scope="col">{words.columns.status}</th>
                    <th scope="col" className="off-phone">
                      {words.columns.link}
                    </th>
                    <th scope="col" className="num off-phone">
                      {words.columns.fields}
                    </th>
                    {counted !== "none" && (
                      <th scope="col" className="num">
                        {counted === "own" ? words.columns.own : words.tabs.submissions}
                      </th>
                    )}
                    <MenuHead />
                  </tr>
                </thead>
                <tbody>
                  {forms.map((form) => (
                    <tr key={form.id}>
                      <th scope="row">
                        <Link className="linklike" href={`/forms/${form.id}`}>
                          {form.title}
                        </Link>
                        <span className="on-phone below">{linkOf(form)}</span>
                      </th>
                      <td>
                        <StatusTag status={form.status} />
                      </td>
                      <td className="off-phone">{linkOf(form)}</td>
                      <td className="num off-phone">{form.fields.length}</td>
                      {counted !== "none" && (
                        <td className="num">{numberText(form.answers ?? 0)}</td>
                      )}
                      <td className="acts">
                        {may("forms.manage") && (
                          <RowMenu
                            name={form.title}
                            onEdit={() => go(`/forms/${form.id}/fields`)}
                            onRemove={() => setRemoving(form)}
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
      {removing && (
        <RecordRemoval
          name={removing.title}
          text={words}
          onClose={() => setRemoving(null)}
          run={async () => {
            const { id, version } = removing;
            await api.delete("/forms/{id}", { params: { id }, version });
            await refresh("forms");
          }}
        />
      )}
    </>
  );
}

export function StatusTag({ status }: { status: string }) {
  const looks: Record<string, string> = { open: "tag good", draft: "tag warn" };
  return (
    <span className={looks[status] ?? "tag"}>
      {words.status[status as keyof typeof words.status] ?? status}
    </span>
  );
}

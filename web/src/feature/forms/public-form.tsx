// A form behind its public link: no session, no rail, nothing but the questions.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Answer, api, Problem } from "~/api/client";
import { Empty, Failed, Loading, PageHead } from "~/ui/states";
import type { FormField, FormRow } from "./data";
import { Fill } from "./fields";
import { uploadPublic } from "./upload";
import { words } from "./words";

type Public = FormRow &
  Pick<Answer<"/public/forms/{link}">, "organisation_name" | "ai_reads" | "ai_masked">;

/** How AI is given the answers now; `later`: not, but a prompt that is switched on could ask. */
const givenNow = ({ key }: FormField, { ai_reads, ai_masked }: Public) =>
  !ai_reads.includes(key) ? "later" : ai_masked.includes(key) ? "masked" : "clear";

export default function PublicForm({ link }: { link: string }) {
  const [sent, setSent] = useState(false);
  const card = useRef<HTMLElement>(null);
  // Whoever sends hears that it has arrived: the button that was pressed goes.
  useEffect(() => {
    if (sent) card.current?.focus();
  }, [sent]);
  const form = useQuery({
    queryKey: ["public-form", link],
    queryFn: () => api.get("/public/forms/{link}", { params: { link } }) as Promise<Public>,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (form.error) {
    const gone = form.error instanceof Problem && [404, 409].includes(form.error.status);
    return (
      <main className="public">
        {gone ? (
          <Empty icon="forms" title={words.fill.gone} text={words.fill.gone_help} />
        ) : (
          <Failed error={form.error} retry={() => void form.refetch()} />
        )}
      </main>
    );
  }
  if (!form.data) return <Loading />;
  const { title, description, fields, organisation_name, status } = form.data;
  const isOpen = status === "open";
  return (
    <main className="public">
      {organisation_name && <p className="quiet">{words.fill.asks(organisation_name)}</p>}
      <PageHead title={title} lead={description ?? undefined} />
      <section
        ref={card}
        tabIndex={-1}
        className="card"
        aria-label={sent ? words.fill.thanks : title}
      >
        {!isOpen ? (
          <Empty icon="forms" title={words.fill.closed} />
        ) : sent ? (
          <Empty icon="check" title={words.fill.thanks}>
            <Button variant="default" onClick={() => setSent(false)}>
              {words.fill.again}
            </Button>
          </Empty>
        ) : (
          <Fill
            fields={fields}
            upload={(file) => uploadPublic(link, file)}
            submit={async (answers) => {
              await api.post("/public/forms/{link}/submissions", {
                params: { link },
                body: answers,
              });
              setSent(true);
            }}
          />
        )}
      </section>
      {isOpen && <p className="small muted public-foot">{words.fill.kept}</p>}
      {isOpen &&
        !sent &&
        (["masked", "clear", "later"] as const).map((how) => {
          const read = fields.filter((field) => field.ai && givenNow(field, form.data) === how);
          return (
            read.length > 0 && (
              <p key={how} className="small muted public-foot">
                {words.fill.ai[how](read.map(({ label }) => label))}
              </p>
            )
          );
        })}
    </main>
  );
}

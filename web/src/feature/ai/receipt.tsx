// The receipt: what was sent by kind and count, to whom, and the salt that only this person holds;
// of the local engine, what was read.
import { Button } from "@mantine/core";
import { Icon } from "~/ui/icon";
import { notify } from "~/ui/toasts";
import { type AiAnswer, LOCAL } from "./data";
import { DisclosureFacts } from "./disclosure";
import { words } from "./words";

export function Receipt({ answer }: { answer: AiAnswer }) {
  if (!answer.receipt) return null;
  const local = answer.provider === LOCAL;
  /** What proves the text that was sent; the local engine sends none. */
  const salt = local ? null : answer.salt;
  const copy = async () => {
    const { id, salt: salted, commitment } = words.receipt;
    const head = `${id} ${answer.receipt}\n${salted} ${salt}\n${commitment} ${answer.commitment}`;
    await navigator.clipboard.writeText(`${head}\n\n${answer.disclosure}`);
    notify(words.receipt.copied);
  };
  return (
    <section className="card receipt" aria-label={words.receipt.title}>
      <div className="stack">
        <div>
          <h2>{words.receipt.title}</h2>
          <p className="quiet">{local ? words.receipt.local_lead : words.receipt.lead}</p>
        </div>
        <dl className="facts">
          <dt>{words.receipt.id}</dt>
          <dd className="mono">{answer.receipt}</dd>
          {salt && (
            <>
              <dt>{words.receipt.salt}</dt>
              <dd className="mono">{salt}</dd>
              <dt>{words.receipt.commitment}</dt>
              <dd className="mono wrap-anywhere">{answer.commitment}</dd>
            </>
          )}
        </dl>
        <DisclosureFacts given={answer} />
        {salt && (
          <div className="row between wrap">
            <p className="small muted grow">{words.receipt.salt_help}</p>
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="copy" size={14} />}
              onClick={() => void copy()}
            >
              {words.receipt.copy}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

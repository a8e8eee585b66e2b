// What the pages about AI read, and one run of a capability with its stream.
import { useQuery } from "@tanstack/react-query";
import {
  type Answer,
  address,
  all,
  api,
  type Input,
  items,
  lost,
  Problem,
  type Row,
  send,
  type Whole,
} from "~/api/client";
import { words } from "./words";

type Given = Answer<"/ai/run", "post">;
type FindingGiven = Given["findings"][number];
type Numbers = { name: string; value: number; unit: string | null }[];
export type Finding = Whole<
  Omit<FindingGiven, "numbers" | "series">,
  "kind" | "title" | "sentence" | "method"
> & { numbers: Numbers; series: Numbers };
export type AiAnswer = Whole<
  Omit<Given, "findings" | "masked">,
  "disclosure" | "provider" | "from" | "to"
> & {
  findings: Finding[];
  masked: { kind: string; count: number }[];
};
export type AiInput = Input<"/ai/run">;
export type Capability = Whole<Row<"/ai/capabilities">>;
export type Provider = Row<"/ai/providers">;

export const LOCAL = "local";

/** The members of a provider that say until when its evidence holds. */
export const EVIDENCE = Object.keys(
  words.settings.evidence,
) as (keyof typeof words.settings.evidence)[];
/** The server's rule: what runs on the operator's own machines is used without any. */
export const needsEvidence = ({ local }: { local: boolean }) => !local;

export const useCapabilities = () =>
  useQuery({
    queryKey: ["ai", "capabilities"],
    queryFn: () => items("/ai/capabilities") as Promise<Capability[]>,
  });

export const useProviders = (enabled: boolean) =>
  useQuery({
    queryKey: ["ai", "providers"],
    queryFn: () => all("/ai/providers"),
    enabled,
  });

export const useAiSettings = () =>
  useQuery({ queryKey: ["ai", "settings"], queryFn: () => api.get("/ai/settings") });

export const useObjection = () =>
  useQuery({ queryKey: ["ai", "objection"], queryFn: () => api.get("/ai/objection") });

/** Events of a text/event-stream body, one at a time. */
async function* events(body: ReadableStream<Uint8Array>) {
  const decoded = body as ReadableStream<BufferSource>;
  const reader = decoded.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch(lost);
    rest += value ?? "";
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = done ? "" : (blocks.pop() ?? "");
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      const event =
        lines
          .find((line) => line.startsWith("event:"))
          ?.slice(6)
          .trim() ?? "message";
      const data = lines
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).replace(/^ /, ""))
        .join("\n");
      if (data) yield { event, data };
    }
    if (done) return;
  }
}

/** Runs a capability; `text` hears the answer as it arrives. */
export async function run(
  body: AiInput,
  text: (piece: string) => void,
  signal: AbortSignal,
): Promise<AiAnswer> {
  const streams = !body.preview && body.provider !== LOCAL;
  const response = await send("POST", address("/ai/run"), {
    headers: {
      "Content-Type": "application/json",
      Accept: streams ? "text/event-stream, application/json" : "application/json",
    },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream"))
    return response.json().catch(lost);
  if (!response.body) throw new Problem(0);
  for await (const { event, data } of events(response.body)) {
    const value = JSON.parse(data);
    if (event === "text") text(typeof value === "string" ? value : value.text);
    if (event === "problem") throw new Problem(value.status, value);
    if (event === "done") return value as AiAnswer;
  }
  throw new Problem(502, { type: "broken-off", title: words.broken, detail: words.broken_help });
}

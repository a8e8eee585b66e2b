// What the pages about forms read. Submissions have the columns that the form's fields declare.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { all, api, items, type Row, type Whole } from "~/api/client";

type FormGiven = Row<"/forms">;
export type FormField = Whole<FormGiven["fields"][number], "key" | "kind" | "privacy">;
export type QuestionKind = Row<"/forms/kinds">;
export type FormRow = Whole<Omit<FormGiven, "fields" | "hidden_fields">, "status"> & {
  fields: FormField[];
  hidden_fields: FormField[];
};
export type Hook = Row<"/hooks">;
export type Suggestion = Whole<Row<"/suggestions">, "hook" | "submission" | "state">;

/** The class that fits a kind of answer, as far as the kind tells. */
export function privacyOf(kind: FormField["kind"]): FormField["privacy"] {
  if (kind === "email") return "PERSONAL";
  return ["choice", "number", "date"].includes(kind) ? "OPERATIONAL" : "CONTENT";
}

/** The members that every submission has; the others are the form's own. */
export interface Submission extends Record<string, unknown> {
  id: string;
  version: number;
  created_at: string;
  submitter: string | null;
}

interface SubmissionPage {
  items: Submission[];
  /** The files that the answers name. */
  files?: { id: string; name: string }[];
  next: string | null;
}

export const useForms = (enabled = true) =>
  useQuery({
    enabled,
    queryKey: ["forms"],
    queryFn: () => items("/forms") as Promise<FormRow[]>,
    staleTime: 60_000,
  });

/** Every kind of question with every class: what holds for one that is not stored yet. */
export const useQuestionKinds = () =>
  useQuery({
    queryKey: ["question-kinds"],
    queryFn: () => items("/forms/kinds"),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useFormRow = (id: string) =>
  useQuery({
    queryKey: ["forms", id],
    queryFn: () => api.get("/forms/{id}", { params: { id } }) as Promise<FormRow>,
  });

export const useSubmissions = (form: string) =>
  useInfiniteQuery({
    queryKey: ["submissions", form],
    queryFn: ({ pageParam }) =>
      api.get("/forms/{form}/submissions", {
        params: { form },
        query: { cursor: pageParam, sort: "-created_at", limit: 200 },
      }) as Promise<unknown> as Promise<SubmissionPage>,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const useHooks = (form: string, enabled = true) =>
  useQuery({
    queryKey: ["hooks", form],
    queryFn: () => all("/hooks", { form }),
    enabled,
  });

export const useSuggestions = (form: string) =>
  useQuery({
    queryKey: ["suggestions", form],
    queryFn: () => all("/suggestions", { form }) as Promise<Suggestion[]>,
  });

/**
 * A key made from a question, which no other one has: "What happened?" -> "what_happened". Of letters that a
 * key cannot have nothing is left, and it is counted.
 */
export function keyOf(label: string, others: string[]): string {
  const plain = label
    .normalize("NFD")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 36)
    .replace(/_+$/, "");
  let key = plain || "question_1";
  for (let n = 2; others.includes(key); n++) key = `${plain || "question"}_${n}`;
  return key;
}

/** The keys that a template names. */
export function keysOf(template: string): string[] {
  return [...new Set([...template.matchAll(/{{\s*([a-z0-9_]+)\s*}}/g)].map((m) => m[1] ?? ""))];
}

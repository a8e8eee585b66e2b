// The one way to the server: typed by the API description, problems as exceptions.
import { AWAY } from "./away";
import type { paths } from "./generated/schema";
import { noteReach } from "./reach";

const ROOT = "/api/v1";

export type Path = keyof paths;
type Operation<P extends Path, M extends string> = paths[P] extends { [K in M]: infer O }
  ? O
  : never;

/** A record of which some members are always there, though the description allows their absence. */
export type Whole<T, K extends keyof T = keyof T> = {
  [P in keyof T]: P extends K ? NonNullable<T[P]> : T[P];
};

/** When a stored row was made is always known. */
type Made<T> = T extends { created_at?: unknown } ? Whole<T, "created_at"> : T;

type Json<T> = T extends { content: { "application/json": infer B } } ? Made<B> : undefined;

/** What a method of a path answers when it goes well. */
export type Answer<P extends Path, M extends string = "get"> =
  Operation<P, M> extends { responses: infer R }
    ? R extends { 200: infer A }
      ? Json<A>
      : R extends { 201: infer A }
        ? Json<A>
        : R extends { 202: infer A }
          ? Json<A>
          : undefined
    : never;

/** One row of a list. */
export type Row<P extends Path> = Answer<P> extends { items: (infer I)[] } ? Made<I> : never;

/** What a method of a path takes. */
export type Input<P extends Path, M extends string = "post"> =
  Operation<P, M> extends { requestBody?: { content: { "application/json": infer B } } }
    ? B
    : never;

type QueryOf<P extends Path, M extends string> =
  Operation<P, M> extends { parameters: { query?: infer Q } } ? Q : never;
export type Query<P extends Path, M extends string = "get"> = {
  [K in keyof QueryOf<P, M>]?: QueryOf<P, M>[K] | null;
};

type Params<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? { [K in Name]: string } & Params<Rest>
  : unknown;

interface Options<P extends Path, M extends string> {
  params?: Params<P>;
  query?: Query<P, M>;
  body?: Input<P, M>;
  /** Raw bytes instead of JSON. */
  bytes?: Blob | string;
  type?: string;
  /** The version being changed. */
  version?: number | string;
  /** The Idempotency-Key of a wish that its caller keeps when the server cannot be reached. */
  key?: string;
  /** Fails when the session has ended, instead of waiting for the person to be back. */
  hasty?: boolean;
  /** Milliseconds for which an answer is waited for; a person who has to sign in is not hurried. */
  patience?: number;
  signal?: AbortSignal;
}

interface FieldProblem {
  pointer: string;
  problem: string;
}

/** What the server says of a field, "must not be empty", as it stands below that field. */
const sentence = (problem: string) => problem.charAt(0).toUpperCase() + problem.slice(1);

/** What is wrong at places that have no field of their own: "Started at: Must not be …". */
export const placesOf = (problem: Problem) =>
  problem.errors.map(({ pointer, problem }) => {
    const name = pointer.replace(/^\//, "").replace(/_/g, " ");
    return name ? `${sentence(name)}: ${problem}` : problem;
  });

/** The same in one sentence. */
export const reasonOf = (problem: Problem) =>
  placesOf(problem)[0] ?? problem.detail ?? problem.message;

/** A problem document (RFC 9457), or the lack of an answer (status 0). */
export class Problem extends Error {
  readonly status: number;
  /** Last part of the type, such as "timer-running"; "offline" without an answer. */
  readonly kind: string;
  readonly detail: string | null;
  readonly errors: FieldProblem[];
  readonly request: string | null;
  readonly retryAfter: number | null;

  constructor(status: number, body: Record<string, unknown> = {}, headers?: Headers) {
    super(typeof body.title === "string" ? body.title : `The server answered ${status}`);
    this.status = status;
    this.kind = String(body.type ?? "unknown")
      .split("/")
      .at(-1) as string;
    this.detail = typeof body.detail === "string" ? body.detail : null;
    this.errors = (Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : []).map(
      ({ pointer, problem }) => ({ pointer, problem: sentence(problem) }),
    );
    this.request = headers?.get("X-Request-Id") ?? null;
    this.retryAfter = Number(headers?.get("Retry-After")) || null;
  }
}

function queryText(query: object): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== "") text.set(name, String(value));
  return text.size ? `?${text}` : "";
}

/** The address of a path, for links and downloads. */
export function address<P extends Path>(path: P, params?: Params<P>, query: object = {}): string {
  const given = (params ?? {}) as Record<string, string>;
  const filled = path.replace(/{(\w+)}/g, (_, name) => encodeURIComponent(given[name] ?? ""));
  return ROOT + filled + queryText(query);
}

let again: () => Promise<void> = () => new Promise(() => {});

/** `ask` is called when the session has ended; a request goes out once more when it resolves. */
export function onSessionLost(ask: () => Promise<void>) {
  again = ask;
}

/** Throws what it means that an answer did not come, or came in part. */
export function lost(error: unknown): never {
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  noteReach(false);
  throw new Problem(0, {
    type: "offline",
    title: "The server cannot be reached",
    detail: "Check the connection, then try again.",
  });
}

/** Whether the server was not reached: it may be asked again when it is back. What it answers itself has
    a number. */
export const isAway = (error: unknown): error is Problem =>
  error instanceof Problem && !error.request && [0, ...AWAY].includes(error.status);

/** Whether it is of the API: a proxy on the way may put a page of its own in place of an answer. */
const isAnswer = ({ status, headers }: Response) =>
  status === 204 ||
  /^(application\/json|text\/event-stream)/.test(headers.get("Content-Type") ?? "");

/** Sends and throws a Problem when it does not go well; the caller reads the response. */
export async function send(
  method: string,
  url: string,
  init: RequestInit = {},
  { hasty, patience }: { hasty?: boolean; patience?: number } = {},
): Promise<Response> {
  const response = await fetch(url, {
    method,
    credentials: "same-origin",
    ...init,
    ...(patience && { signal: AbortSignal.timeout(patience) }),
  }).catch(lost);
  if (response.ok) {
    if (!isAnswer(response)) lost(response);
    noteReach(true);
    return response;
  }
  const body = await response.json().catch(() => ({}));
  const problem = new Problem(response.status, body, response.headers);
  noteReach(!isAway(problem));
  if (problem.kind !== "unauthenticated" || url === `${ROOT}/session`) throw problem;
  // Nothing of it was done: what was typed is kept, and sent when the same person is back.
  const back = again();
  if (hasty) throw problem;
  await back;
  return send(method, url, init, { patience });
}

interface Unanswered {
  url: string;
  body: RequestInit["body"];
  key: string;
}

/** What was asked for without an answer that tells whether it was done. Asked for once more, it has
    the same key: the server answers as it did, or would have, the first time. */
let unanswered: Unanswered[] = [];

/** Whether it may have been done all the same. */
export const mayBeDone = (error: unknown) =>
  error instanceof Problem && (error.status === 0 || error.status >= 500);

async function call<P extends Path, M extends string>(
  method: M,
  path: P,
  options: Options<P, M>,
): Promise<Answer<P, M>> {
  const headers = new Headers({ Accept: "application/json" });
  const init: RequestInit = { headers };
  if (options.signal) init.signal = options.signal;
  if (options.bytes !== undefined) {
    headers.set("Content-Type", options.type ?? "application/octet-stream");
    init.body = options.bytes;
  } else if (options.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(options.body);
  }
  if (options.version !== undefined) headers.set("If-Match", `"${options.version}"`);
  const url = address(path, options.params, options.query);
  const known = unanswered;
  const before = known.find((each) => each.url === url && each.body === init.body);
  const key = before?.key ?? options.key ?? crypto.randomUUID();
  if (method === "post") headers.set("Idempotency-Key", key);
  let text: string;
  try {
    const response = await send(method.toUpperCase(), url, init, options);
    text = await response.text().catch(lost);
  } catch (error) {
    const isKept = options.key !== undefined && isAway(error);
    if (method === "post" && !isKept && !before && mayBeDone(error))
      unanswered = [...unanswered, { url, body: init.body, key }];
    throw error;
  }
  // Whoever goes on to something else has looked at what became of it, and means anew what is next.
  if (method !== "get") unanswered = unanswered.filter((each) => !known.includes(each));
  return (text ? JSON.parse(text) : undefined) as Answer<P, M>;
}

export const api = {
  get: <P extends Path>(path: P, options: Options<P, "get"> = {}) => call("get", path, options),
  post: <P extends Path>(path: P, options: Options<P, "post"> = {}) => call("post", path, options),
  put: <P extends Path>(path: P, options: Options<P, "put"> = {}) => call("put", path, options),
  patch: <P extends Path>(path: P, options: Options<P, "patch"> = {}) =>
    call("patch", path, options),
  delete: <P extends Path>(path: P, options: Options<P, "delete"> = {}) =>
    call("delete", path, options),
};

/** The rows of a list that comes whole. */
export async function items<P extends Path>(path: P): Promise<Row<P>[]> {
  const page = (await api.get(path)) as unknown as { items: Row<P>[] };
  return page.items;
}

/** Every row of a list, page after page; for lists that stay small, such as projects. */
export async function all<P extends Path>(
  path: P,
  query: Query<P> = {},
  params?: Params<P>,
): Promise<Row<P>[]> {
  const rows: Row<P>[] = [];
  let cursor: string | null = null;
  do {
    const page = (await api.get(path, {
      query: { ...query, limit: 500, cursor } as Query<P>,
      params,
    } as Options<P, "get">)) as unknown as { items: Row<P>[]; next: string | null };
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return rows;
}

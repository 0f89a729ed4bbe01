import { EntryGoError, type Envelope } from "./errors.ts";

const FIRST_DELAY = 0.5;
const LONGEST_DELAY = 15;
const GRACE_SECONDS = 10; // beyond what the server was asked to wait
const BETWEEN = [502, 503, 504]; // said by a proxy while no gateway is behind it
const AWAY = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"];
const AGAIN = { retryable: true, next_action: "RETRY_WITH_SAME_KEY" };

export interface Options {
  /** The gateway's address, with `/api` or without. */
  baseUrl?: string;
  /** Seconds of one try. */
  timeout?: number;
  /** Seconds that what may be repeated is repeated for; 0 repeats nothing. */
  patience?: number;
  fetch?: typeof fetch;
  sleep?: (seconds: number) => Promise<void>;
  /** Seconds. */
  clock?: () => number;
}

export interface Call {
  query?: Record<string, string | number | string[] | undefined>;
  body?: object;
  /** Every try of a write carries one key, yours or a minted one. */
  idempotencyKey?: string | undefined;
  /** Seconds that the server may hold the answer back. */
  wait?: number | undefined;
  etag?: string;
}

type Outcome = { answer: Response } | { error: EntryGoError; begun: boolean; after: string | null };

/** One call and its repetitions: the same key, the server's Retry-After, and no longer than the patience. */
export class Http {
  readonly clock: () => number;
  readonly #key: string;
  readonly #base: string;
  readonly #options: Options;
  #met = false; // a gateway that was never reached is not waited for; one that was may be restarting

  constructor(key: string, options: Options) {
    this.#key = key;
    this.#base = address(options.baseUrl ?? "http://localhost:3000/api");
    this.#options = options;
    this.clock = options.clock ?? (() => performance.now() / 1000);
  }

  async json<T>(path: string, call: Call = {}): Promise<T> {
    return (await (await this.send(path, call)).json()) as T;
  }

  /** The final answer; 202 where it is that still when the patience ends. */
  async send(path: string, call: Call = {}): Promise<Response> {
    const url = `${this.#base}${path}${queryOf(call.query)}`;
    const headers = this.#headers(call);
    const until = this.clock() + (this.#options.patience ?? 60);
    for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 2, LONGEST_DELAY)) {
      const outcome = await this.#once(url, headers, call);
      this.#met ||= "answer" in outcome || outcome.begun;
      const again = "answer" in outcome ? outcome.answer.status === 202 : outcome.error.retryable;
      const told = "answer" in outcome ? outcome.answer.headers.get("Retry-After") : outcome.after;
      const pause = told && /^\d+$/.test(told) ? Number(told) : delay;
      if (!again || !this.#met || this.clock() + pause > until) {
        if ("answer" in outcome) return outcome.answer;
        throw outcome.error;
      }
      await (this.#options.sleep ?? sleep)(pause);
    }
  }

  #headers(call: Call): Record<string, string> {
    const headers: Record<string, string> = {
      "Authorization": `Bearer ${this.#key}`,
      "User-Agent": "shpbndl-typescript/0.2.0",
      "X-Request-Id": crypto.randomUUID(),
    };
    if (call.body !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["Idempotency-Key"] = call.idempotencyKey ?? crypto.randomUUID();
    }
    if (call.wait !== undefined) headers["Prefer"] = `wait=${call.wait}`;
    if (call.etag !== undefined) headers["If-None-Match"] = call.etag;
    return headers;
  }

  async #once(url: string, headers: Record<string, string>, call: Call): Promise<Outcome> {
    const method = call.body === undefined ? "GET" : "POST";
    const refuse = (status: number, envelope: Envelope, answer?: Response) =>
      new EntryGoError(
        status,
        envelope,
        `${method} ${url}`,
        answer?.headers.get("X-Request-Id") ?? headers["X-Request-Id"]!,
      );
    let answer: Response;
    try {
      answer = await this.#fetched(url, method, headers, call);
    } catch (error) {
      const away = isAway(error);
      const errorCode = away ? "GATEWAY_UNREACHABLE" : "NO_ANSWER";
      const envelope = { errorCode, message: why(error), details: AGAIN };
      return { error: refuse(0, envelope), begun: !away && method === "POST", after: null };
    }
    if (answer.ok || answer.status === 304) return { answer };
    const found: unknown = await answer.json().catch(() => null);
    const after = answer.headers.get("Retry-After");
    if (isEnvelope(found)) {
      return { error: refuse(answer.status, found, answer), begun: true, after };
    }
    const message = `HTTP ${answer.status} in no form of EntryGo's: is baseUrl its gateway's?`;
    const details = BETWEEN.includes(answer.status) ? AGAIN : { next_action: "FIX_REQUEST" };
    const envelope = { errorCode: `HTTP_${answer.status}`, message, details };
    return { error: refuse(answer.status, envelope, answer), begun: false, after };
  }

  /** With its whole body, so that one that breaks off is a try that failed. */
  async #fetched(
    url: string, method: string, headers: Record<string, string>, call: Call,
  ): Promise<Response> {
    const patient = Math.max(this.#options.timeout ?? 60, (call.wait ?? 0) + GRACE_SECONDS);
    const answer = await (this.#options.fetch ?? fetch)(url, {
      method,
      headers,
      signal: AbortSignal.timeout(patient * 1000),
      redirect: "manual",
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const body = await answer.arrayBuffer();
    const { status, statusText, headers: told } = answer;
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers: told });
  }
}

/** Everything is under `/api`, which a bare server's address may leave out. */
function address(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`baseUrl is "${baseUrl}"; it looks like http://localhost:3000/api`);
  }
  return url.pathname === "/" ? `${url.origin}/api` : baseUrl.replace(/\/+$/, "");
}

function queryOf(query: Call["query"]): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) given.append(name, String(each));
    }
  }
  return given.size ? `?${given}` : "";
}

function isAway(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
  return AWAY.includes(cause?.code ?? "");
}

/** In words; `fetch` itself says "fetch failed" and hides why. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function isEnvelope(found: unknown): found is Envelope {
  return typeof found === "object" && found !== null && "errorCode" in found;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

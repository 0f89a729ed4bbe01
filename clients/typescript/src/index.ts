// The calls, named as the protocol names them; no rule and no state of their own.
import type { components } from "./document.d.ts";
import { EntryGoError } from "./errors.ts";
import { Http, type Options } from "./http.ts";

export { EntryGoError } from "./errors.ts";
export type { Options } from "./http.ts";

/** Every shape of the API's document: what is answered, and what is sent (`...Input`). */
export type Schemas = components["schemas"];
type WithKey<T> = T & { idempotencyKey?: string | undefined };
type Filter = { externalId?: string | string[]; updated_since?: string; limit?: number };
type Page<T> = { data: T[]; next_cursor: string | null };

const LONGEST_WAIT = 30; // seconds that the API holds an answer back at most

export class EntryGo {
  readonly products: Records<Schemas["Product"], Schemas["ProductInput"]>;
  readonly orders: Records<Schemas["Order"], Schemas["OrderInput"]>;
  readonly #http: Http;

  constructor(apiKey: string, options: Options = {}) {
    this.#http = new Http(apiKey, options);
    this.products = new Records(this.#http, "/products");
    this.orders = new Records(this.#http, "/orders");
  }

  /** The key's account: warehouses, brokers, and what is missing on each. */
  account(): Promise<Schemas["Account"]> {
    return this.#http.json("/account");
  }

  /** Decide, without side effects; with `batchId` plan that export again. */
  plan(given: WithKey<Schemas["PlanInput"]>): Promise<Schemas["Plan"]> {
    return this.#write("/exports/plan", given);
  }

  /** Run an approved plan, exactly once; 202 (under way) is asked again while the patience lasts. */
  execute(given: WithKey<Schemas["ExecuteInput"]>): Promise<Schemas["Execution"]> {
    return this.#write("/exports/execute", given);
  }

  /** The export as it is: plan, package, deliveries, events. */
  inspect(exportId: string): Promise<Schemas["Export"]> {
    return this.#http.json(`/exports/${encodeURIComponent(exportId)}`);
  }

  /**
   * The export as soon as it is what is waited for: by default, that there is nothing to wait for.
   * The API tells of a change when it happens. After `timeout` seconds `STILL_WAITING` is thrown.
   */
  async wait(
    exportId: string,
    until: (found: Schemas["Export"]) => boolean = (it) => it.next_recommended_action !== "INSPECT",
    timeout = 300,
  ): Promise<Schemas["Export"]> {
    const path = `/exports/${encodeURIComponent(exportId)}`;
    const ends = this.#http.clock() + timeout;
    let answer = await this.#http.send(path);
    let found = (await answer.json()) as Schemas["Export"];
    let etag = answer.headers.get("ETag") ?? "";
    while (!until(found)) {
      const left = ends - this.#http.clock();
      if (left <= 0) throw stillWaiting(found, timeout);
      answer = await this.#http.send(path, { etag, wait: Math.min(LONGEST_WAIT, Math.ceil(left)) });
      if (answer.status === 304) continue;
      found = (await answer.json()) as Schemas["Export"];
      etag = answer.headers.get("ETag") ?? "";
    }
    return found;
  }

  /** The bytes of one file of a package. */
  async artifact(packageId: string, filename: string): Promise<ArrayBuffer> {
    const parts = [packageId, "artifacts", filename].map(encodeURIComponent);
    return await (await this.#http.send(`/customs-packages/${parts.join("/")}`)).arrayBuffer();
  }

  #write<T>(path: string, given: WithKey<object>): Promise<T> {
    const { idempotencyKey, ...body } = given;
    return this.#http.json(path, { body, idempotencyKey });
  }
}

/** Products or orders: synced by your own `externalId`, read by id or `externalId`. */
class Records<Record extends { id: string; updatedAt: string }, Input> {
  readonly #http: Http;
  readonly #path: string;

  constructor(http: Http, path: string) {
    this.#http = http;
    this.#path = path;
  }

  sync(given: {
    accountId: string; items: Input[]; idempotencyKey?: string;
  }): Promise<{ data: Record[] }> {
    const { idempotencyKey, ...body } = given;
    return this.#http.json(`${this.#path}/sync`, { body, idempotencyKey });
  }

  get(id: string): Promise<Record> {
    return this.#http.json(`${this.#path}/${encodeURIComponent(id)}`);
  }

  /** One page, the newest change first. */
  list(filter: Filter & { cursor?: string } = {}): Promise<Page<Record>> {
    return this.#http.json(this.#path, { query: filter });
  }

  /** Each record once, page after page; one that changes meanwhile is not missed. */
  async *iterate(filter: Filter = {}): AsyncGenerator<Record> {
    const seen = new Set<string>();
    let since = filter.updated_since;
    for (let again = true; again; ) {
      let newest = since;
      let cursor: string | null = null;
      let pages = 0;
      let fresh = false;
      do {
        const query: Filter & { cursor?: string } = { ...filter };
        if (since !== undefined) query.updated_since = since;
        if (cursor !== null) query.cursor = cursor;
        const page: Page<Record> = await this.list(query);
        if (pages === 0) newest = page.data[0]?.updatedAt ?? since;
        pages += 1;
        cursor = page.next_cursor;
        for (const row of page.data) {
          if (seen.has(row.id)) continue;
          seen.add(row.id);
          fresh = true;
          yield row;
        }
      } while (cursor !== null);
      since = newest;
      again = pages > 1 && fresh;
    }
  }
}

function stillWaiting(found: Schemas["Export"], timeout: number): EntryGoError {
  const message = `${found.exportId} is ${found.status} after ${timeout} seconds.`;
  const details = { retryable: true, next_action: "INSPECT", export: found };
  const envelope = { errorCode: "STILL_WAITING", message, details };
  return new EntryGoError(0, envelope, `wait for ${found.exportId}`, "-");
}

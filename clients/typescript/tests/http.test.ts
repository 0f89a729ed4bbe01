// The retry rule, which is that of the Python client, on a `fetch` made of answers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { EntryGo, EntryGoError, type Options } from "../src/index.ts";

type Told = Response | Error;
const AWAY = Object.assign(new TypeError("fetch failed"), {
  cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
});
const CUT = Object.assign(new TypeError("fetch failed"), {
  cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
});

function ok(body: object = {}, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

function busy(after: string): Response {
  const details = { retryable: true, next_action: "RETRY_WITH_SAME_KEY", request_id: "r" };
  const envelope = { errorCode: "SERVICE_UNAVAILABLE", message: "No worker.", details };
  return ok(envelope, 503, { "Retry-After": after });
}

class Api {
  readonly asked: Request[] = [];
  readonly slept: number[] = [];
  readonly client: EntryGo;

  constructor(answers: Told[], options: Options = {}) {
    this.client = new EntryGo("key", {
      fetch: async (input, init) => {
        this.asked.push(new Request(input as string, init));
        const told = answers.shift();
        if (told === undefined || told instanceof Error) throw told ?? new Error("nothing left");
        return told;
      },
      sleep: async (seconds) => void this.slept.push(seconds),
      clock: () => this.slept.reduce((sum, each) => sum + each, 0),
      ...options,
    });
  }

  keys(): Set<string | null> {
    return new Set(this.asked.map((each) => each.headers.get("Idempotency-Key")));
  }
}

const order = { accountId: "acc_1", items: [] };

test("what is retryable is repeated with the same key after Retry-After", async () => {
  const api = new Api([busy("3"), AWAY, ok({ data: [] })]);

  assert.deepEqual(await api.client.orders.sync(order), { data: [] });

  assert.equal(api.keys().size, 1);
  assert.deepEqual(api.slept, [3, 1]);
});

test("a gateway that was never there is told at once, one that restarts is waited for", async () => {
  const never = new Api([AWAY]);
  const restarts = new Api([ok(), AWAY, AWAY, ok()]);

  await assert.rejects(never.client.account(), { errorCode: "GATEWAY_UNREACHABLE", status: 0 });
  await restarts.client.account();
  await restarts.client.account();

  assert.deepEqual([never.slept, restarts.slept], [[], [0.5, 1]]);
});

test("work that may have begun is followed to its end, a read had nothing to begin", async () => {
  const write = new Api([CUT, ok({ data: [] })]);
  const read = new Api([CUT]);

  await write.client.orders.sync(order);

  await assert.rejects(read.client.account(), { errorCode: "NO_ANSWER" });
});

test("an answer that breaks off is no answer", async () => {
  const broken = new ReadableStream({ start: (body) => body.error(CUT) });
  const write = new Api([new Response(broken), ok({ data: [] })]);

  assert.deepEqual(await write.client.orders.sync(order), { data: [] });

  assert.equal(write.keys().size, 1);
});

test("a refusal is thrown at once with the address and the request", async () => {
  const details = { retryable: false, next_action: "REPLAN", request_id: "r" };
  const headers = { "X-Request-Id": "r" };
  const stale = { errorCode: "PLAN_STALE", message: "Changed.", field: "batchId", details };
  const api = new Api([ok(stale, 409, headers)]);

  await assert.rejects(api.client.plan({ accountId: "a", warehouseId: "w", brokerId: "b", orderIds: [] }),
    (error) => {
      assert(error instanceof EntryGoError);
      assert.equal(error.field, "batchId");
      assert.match(error.message, /POST http:\/\/localhost:3000\/api\/exports\/plan, request r/);
      return true;
    });
  assert.deepEqual(api.slept, []);
});

test("repetition ends with the patience", async () => {
  const api = new Api([busy("4"), busy("4"), busy("4"), busy("4")], { patience: 10 });

  await assert.rejects(api.client.account(), { errorCode: "SERVICE_UNAVAILABLE" });

  assert.deepEqual(api.slept, [4, 4]);
});

test("an execute that is under way is asked again until it is done", async () => {
  const api = new Api([ok({}, 202, { "Retry-After": "1" }), ok({ customs_package_id: "cp_1" })]);

  const done = await api.client.execute({ accountId: "a", batchId: "batch_1" });

  assert.equal(done.customs_package_id, "cp_1");
  assert.equal(api.keys().size, 1);
});

test("waiting asks to be told of a change", async () => {
  const before = { exportId: "batch_1", status: "SUBMITTING", next_recommended_action: "INSPECT" };
  const after = { ...before, status: "COMPLETED", next_recommended_action: "NONE" };
  const etag = { ETag: '"1"' };
  const same = new Response(null, { status: 304, headers: etag });
  const api = new Api([ok(before, 200, etag), same, ok(after, 200, { ETag: '"2"' })]);

  assert.equal((await api.client.wait("batch_1")).status, "COMPLETED");

  const asked = api.asked.map((each) => each.headers.get("If-None-Match"));
  assert.deepEqual(asked, [null, '"1"', '"1"']);
  assert.equal(api.asked[1]?.headers.get("Prefer"), "wait=30");
});

test("iterating sees each record once, one that changed meanwhile too", async () => {
  const row = (id: string, at: number) => ({ id, updatedAt: String(at) });
  const api = new Api([
    ok({ data: [row("c", 3), row("b", 2)], next_cursor: "2" }),
    ok({ data: [], next_cursor: null }), // a has jumped to the front
    ok({ data: [row("a", 4), row("c", 3)], next_cursor: null }),
  ]);
  const seen: string[] = [];

  for await (const each of api.client.orders.iterate()) seen.push(each.id);

  assert.deepEqual(seen, ["c", "b", "a"]);
  assert.match(api.asked[2]?.url ?? "", /updated_since=3/);
});

test("iterating ends though all changed in the same moment", async () => {
  const row = (id: string) => ({ id, updatedAt: "1" });
  const first = () => ok({ data: [row("b")], next_cursor: "1" });
  const last = () => ok({ data: [row("a")], next_cursor: null });
  const api = new Api([first(), last(), first(), last()]);
  const seen: string[] = [];

  for await (const each of api.client.orders.iterate()) seen.push(each.id);

  assert.deepEqual(seen, ["b", "a"]);
});

test("the address may leave /api out, and what is none is refused", async () => {
  for (const baseUrl of ["http://gate:3000", "http://gate:3000/", "http://gate:3000/api/"]) {
    const api = new Api([ok()], { baseUrl });
    await api.client.account();
    assert.equal(api.asked[0]?.url, "http://gate:3000/api/account");
  }
  assert.throws(() => new EntryGo("key", { baseUrl: "localhost:3000" }), /localhost:3000\/api/);
});

// The core loop as a program in TypeScript has it: types made from the document, nothing by hand.
import createClient from "openapi-fetch";
import type { components, paths } from "./entrygo.d.ts";

type Schemas = components["schemas"];

const [baseUrl, key, accountId, warehouseId, brokerId] = process.argv.slice(2) as
  [string, string, string, string, string];
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

function answered<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const product: Schemas["ProductInput"] = {
  externalId: "T-1",
  title: "Sweater",
  description: "Women's knitted pullover of 100 percent wool, for everyday wear",
  htsCode: "6110.11.0030",
  countryOfOrigin: "CA",
  unitValueUsd: 80,
  weightGrams: 450,
  materials: [{ name: "wool", percent: 100 }],
  manufacturer: {
    name: "Fog & Fathom Knits Ltd.",
    addressLines: ["12 Quay Street"],
    city: "Halifax",
    postalCode: "B3J 1S9",
    country: "CA",
  },
  adcvdCase: "none",
  pga: { cpsc: { certificate: "GCC-2026-1" } },
};
const products = answered(
  await client.POST("/api/products/sync", { body: { accountId, items: [product] } }),
);

const order: Schemas["OrderInput"] = {
  externalId: "T-1",
  destinationCountry: "US",
  destinationRegion: "ME",
  destinationPostalCode: "04401",
  consignee: { name: "Ada Byron", addressLines: ["1 Elm St"], city: "Bangor" },
  items: [{ productId: products.data[0]!.id, quantity: 2, unitValueUsd: 80.25 }],
};
const orders = answered(
  await client.POST("/api/orders/sync", { body: { accountId, items: [order] } }),
);

// The smallest plan: what has a default need not be said.
const wanted: Schemas["PlanInput"] = {
  accountId,
  warehouseId,
  brokerId,
  orderIds: orders.data.map((one) => one.id),
};
const plan = answered(await client.POST("/api/exports/plan", { body: wanted }));
if (plan.exportId === null) throw new Error("only a dry run has no export");

const executed = answered(
  await client.POST("/api/exports/execute", {
    params: { header: { "Idempotency-Key": "typescript" } },
    body: { accountId, batchId: plan.exportId, planHash: plan.planHash },
  }),
);
const inspected = answered(
  await client.GET("/api/exports/{export_id}", {
    params: { path: { export_id: plan.exportId } },
  }),
);

const told = {
  documents: executed.artifacts.length,
  executed: executed.customs_package_id,
  inspected: inspected.customs_package?.id,
  status: inspected.status,
};
console.log(JSON.stringify(told));

import { EntryGo, type Schemas } from "../src/index.ts";

const client = new EntryGo(process.env["ENTRYGO_API_KEY"] ?? "", {
  baseUrl: process.env["ENTRYGO_API_URL"] ?? "http://localhost:3000/api",
});
const account = await client.account();
const accountId = account.id;

const product: Schemas["ProductInput"] = {
  externalId: "KN-CREW",
  title: "Sweater",
  description: "Women's knitted pullover of 100 percent wool, for everyday wear",
  htsCode: "6110.11.0030",
  countryOfOrigin: "CA",
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
};
const products = await client.products.sync({ accountId, items: [product] });

const order: Schemas["OrderInput"] = {
  externalId: `T-${Date.now()}`, // an order is exported once: each run sells anew
  destinationCountry: "US",
  destinationRegion: "ME",
  destinationPostalCode: "04401",
  consignee: { name: "Ada Byron", addressLines: ["1 Elm St"], city: "Bangor" },
  items: [{ productId: products.data[0]!.id, quantity: 2, unitValueUsd: 80.25 }],
};
const orders = await client.orders.sync({ accountId, items: [order] });

const plan = await client.plan({
  accountId,
  warehouseId: account.warehouses[0]!.id,
  brokerId: account.brokers[0]!.id,
  orderIds: orders.data.map((one) => one.id),
});
if (plan.exportId === null) throw new Error("only a dry run has no export");
for (const found of plan.validationMessages) console.log(found.severity, found.message);

const executed = await client.execute({
  accountId,
  batchId: plan.exportId,
  planHash: plan.planHash,
  idempotencyKey: `execute-${plan.exportId}`,
});
console.log(executed.customs_package_id, executed.artifacts.map((file) => file.filename));

const inspected = await client.wait(plan.exportId);
console.log(inspected.status, inspected.customs_package?.id, inspected.events.length);

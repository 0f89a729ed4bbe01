import os
import time

from shpbndl import SHPBNDL

client = SHPBNDL(
    os.environ["ENTRYGO_API_KEY"],
    base_url=os.environ.get("ENTRYGO_API_URL", "http://localhost:3000/api"),
)

account = client.account()
account_id = account["id"]
warehouse_id = account["warehouses"][0]["id"]
broker_id = account["brokers"][0]["id"]

products = client.products.sync(
    accountId=account_id,
    items=[
        {
            "externalId": "BK-ATLAS",
            "sku": "BK-ATLAS",
            "title": "Great Lakes Road Atlas",
            "description": "Printed road atlas of the Great Lakes, softcover book of 220 pages",
            "htsCode": "4901.99.00.93",
            "countryOfOrigin": "CA",
            "weightGrams": 640,
            "adcvdCase": "none",
            "manufacturer": {
                "name": "Harbour Lane Press Ltd.",
                "addressLines": ["18 Harbour Lane"],
                "city": "Hamilton",
                "region": "ON",
                "postalCode": "L8L 1A1",
                "country": "CA",
            },
        }
    ],
)

synced = client.orders.sync(
    accountId=account_id,
    items=[
        {
            "externalId": f"A-{time.time_ns()}",  # an order is exported once: each run sells anew
            "destinationCountry": "US",
            "destinationRegion": "NY",
            "destinationPostalCode": "14201",
            "consignee": {
                "name": "Jordan Alvarez",
                "addressLines": ["221 Elm Street"],
                "city": "Buffalo",
            },
            "items": [
                {
                    "productId": products["data"][0]["id"],
                    "quantity": 2,
                    "unitValueUsd": 24.5,
                }
            ],
        }
    ],
)

plan = client.plan(
    accountId=account_id,
    warehouseId=warehouse_id,
    brokerId=broker_id,
    destinationCountry="US",
    orderIds=[synced["data"][0]["id"]],
)
print(plan["exportId"], plan["planHash"], plan["readinessState"])
for message in plan["validationMessages"]:
    print(message["severity"], message["code"], message["message"])

if plan["readinessState"] != "BLOCKED":
    execution = client.execute(
        accountId=account_id,
        batchId=plan["exportId"],
        planHash=plan["planHash"],
        idempotencyKey=f"execute-{plan['exportId']}",
    )
    print(execution["customs_package_id"], [file["filename"] for file in execution["artifacts"]])

inspection = client.exports.wait(plan["exportId"])  # until there is nothing to wait for
print(inspection["status"], inspection["notifications"], len(inspection["events"]))

import os

from shpbndl import SHPBNDL, SHPBNDLError
from shpbndl.types import Finding, OrderInput

client = SHPBNDL(os.environ["ENTRYGO_API_KEY"], os.environ["ENTRYGO_API_URL"])

order: OrderInput = {  # a type checker knows each name, and what is needed
    "externalId": "A-1001",
    "destinationCountry": "US",
    "consignee": {"name": "Jordan Alvarez", "addressLines": ["221 Elm Street"]},
    "items": [{"productExternalId": "BK-ATLAS", "quantity": 1, "unitValueUsd": 24.5}],
}
account = client.account()
client.orders.sync(account["id"], [order])


def in_the_way(findings: list[Finding]) -> list[str]:
    return [found["remedy"] for found in findings if found["severity"] == "BLOCKING"]


for row in client.exports.iterate(status="BLOCKED"):
    print(row["exportId"], in_the_way(client.inspect(row["exportId"])["validationMessages"]))

try:
    client.inspect("batch_unknown")
except SHPBNDLError as error:
    print(error.error_code, error.details["next_action"], error.address, error.request_id)

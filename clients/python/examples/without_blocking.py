import asyncio
import os

from shpbndl import AsyncSHPBNDL


async def main() -> None:
    key, url = os.environ["ENTRYGO_API_KEY"], os.environ["ENTRYGO_API_URL"]
    async with AsyncSHPBNDL(key, url) as client:
        account, health = await asyncio.gather(client.account(), client.health())
        print(account["name"], health["status"])
        async for order in client.orders.iterate(limit=100):
            print(order["externalId"], order["totalValueUsd"])


asyncio.run(main())

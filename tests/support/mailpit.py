"""The mail catcher's API: which mails a recipient got."""

from typing import Any

import httpx
from stack.servers import Addresses


async def mails_to(servers: Addresses, recipient: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=servers.mailpit_url, timeout=30) as client:
        found = await client.get("/api/v1/search", params={"query": f'to:"{recipient}"'})
        found.raise_for_status()
        ids = [message["ID"] for message in found.json()["messages"]]
        return [(await client.get(f"/api/v1/message/{id_}")).json() for id_ in ids]

"""What a stranger on the host gets from the servers of the native stack: nothing."""

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure
from stack.servers import Addresses


async def test_rabbitmq_has_no_guest(servers: Addresses) -> None:
    url = httpx.URL(servers.rabbit_management_url).copy_with(userinfo=b"", path="/api/whoami")
    async with httpx.AsyncClient(auth=("guest", "guest")) as stranger:
        assert (await stranger.get(url)).status_code == httpx.codes.UNAUTHORIZED


async def test_the_store_and_the_mails_ask_who_it_is(servers: Addresses) -> None:
    if servers.kind != "native":
        return  # compose has networks instead, and servers of one's own are one's own
    at = httpx.URL(servers.mongo_url)
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(
        f"mongodb://{at.host}:{at.port}/?directConnection=true"
    )
    async with client as store:
        with pytest.raises(OperationFailure):
            await store["entrygo"]["api_keys"].find_one()
    async with httpx.AsyncClient() as stranger:
        url = httpx.URL(servers.mailpit_url).copy_with(userinfo=b"", path="/api/v1/messages")
        assert (await stranger.get(url)).status_code == httpx.codes.UNAUTHORIZED

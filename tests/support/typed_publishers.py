"""A publisher that is made, or taken away, by a command that dies on the way."""

import json
from urllib.parse import quote

import aiormq
import httpx
from aiormq.exceptions import AMQPConnectionError

from shared.messaging.permissions import publisher_user
from shared.records import PUBLISHERS
from support.typed import Ended, Typed, answer


class _AboutAPublisher(Typed):
    async def prepare(self) -> None:
        servers = self.lab.cluster.servers
        self.environment = {"ENTRYGO_RABBIT_MANAGEMENT_URL": servers.rabbit_management_url}
        self.name = self.account.account_id
        self.words = ("publisher", "create", self.name, "--account", self.account.account_id)

    async def close(self) -> None:
        user = quote(publisher_user(self.name), safe="")
        async with httpx.AsyncClient() as client:
            url = self.environment["ENTRYGO_RABBIT_MANAGEMENT_URL"]
            await client.delete(f"{url}/api/users/{user}")
        await super().close()

    async def lets_in(self, password: str) -> bool:
        url = httpx.URL(self.lab.cluster.settings.rabbit_url.get_secret_value())
        try:
            own = url.copy_with(username=publisher_user(self.name), password=password)
            await (await aiormq.connect(str(own))).close()
        except AMQPConnectionError:
            return False
        return True


class NewPublisher(_AboutAPublisher):
    """A password that nobody saw is of no use; that of a rotation is."""

    async def check(self, ended: Ended) -> None:
        if ended.returncode:
            assert "publisher rotate" in json.loads(ended.stderr)["message"]
            self.words = ("publisher", "rotate", self.name)
            ended = await self.type()
        known = answer(ended)
        assert known["accounts"] == [self.account.account_id]
        assert await self.lets_in(known["password"])


class RevokedPublisher(_AboutAPublisher):
    async def prepare(self) -> None:
        await super().prepare()
        self.password = answer(await self.type())["password"]
        assert await self.lets_in(self.password)
        self.words = ("publisher", "revoke", self.name)

    async def check(self, ended: Ended) -> None:
        known = await self.lab.store.get(PUBLISHERS, self.name)
        assert known is not None
        assert answer(ended)["revoked_at"] == known["revoked_at"]
        assert not await self.lets_in(self.password)

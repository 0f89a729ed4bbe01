"""A backup that is put into another database, and what it holds released, by commands that die."""

import json
import uuid
from typing import Any

from shared.clock import timestamp, utc_now
from shared.records import CURRENT_EPOCH, EPOCHS, EXPORTS, ORDERS, PRODUCTS, Epoch
from shared.store import Store
from support.typed import Ended, Typed, answer


class Elsewhere(Typed):
    """The command's store is a database of the scenario's own."""

    async def prepare(self) -> None:
        database = f"test_{uuid.uuid4().hex[:12]}"
        settings = self.lab.cluster.settings.model_copy(update={"mongo_database": database})
        self.store = await Store(settings, appname="tests").__aenter__()
        self.environment = {"ENTRYGO_MONGO_DATABASE": database}

    async def close(self) -> None:
        await self.store.drop_database()
        await self.store.__aexit__()
        await super().close()

    async def epoch(self) -> Epoch | None:
        return await self.store.get(EPOCHS, CURRENT_EPOCH)


class Restored(Elsewhere):
    async def prepare(self) -> None:
        plan = await self.shop.plan(await self.shop.sync())
        await self.shop.execute(plan)
        await self.shop.until_status(plan["exportId"], "COMPLETED")
        folder = str(self.folder / "backup")
        self.words = ("backup", "create", folder)
        answer(await self.type())
        await super().prepare()
        self.words = ("backup", "restore", folder)

    async def died(self) -> None:
        self.first = await self.epoch()

    async def check(self, ended: Ended) -> None:
        """One that had ended does not begin again."""
        epoch = await self.epoch()
        assert epoch is not None
        assert epoch["restored_at"]
        if self.first and self.first["restored_at"]:
            assert json.loads(ended.stderr)["field"] == "--replace"
        else:
            assert answer(ended)["began_at"] == epoch["began_at"]
        if self.first:
            assert self.first["began_at"] == epoch["began_at"]
        for place in (PRODUCTS, ORDERS):
            assert await self._mine(self.store, place) == await self._mine(self.lab.store, place)
        [there], [here] = [await self._mine(s, EXPORTS) for s in (self.store, self.lab.store)]
        assert there == here | {"revision": there["revision"]}

    async def _mine(self, store: Store, place: Any) -> list[Any]:  # a collection, its documents
        mine = {"account_id": self.account.account_id}
        return await store.find(place, mine, sort=[("_id", 1)])


class Released(Elsewhere):
    async def prepare(self) -> None:
        await super().prepare()
        now = timestamp(utc_now())
        restored = Epoch(
            _id=CURRENT_EPOCH,
            began_at=now,
            backup_id="backup_1",
            taken_at=now,
            restored_at=now,
            released_at=None,
            released_by=None,
            reason=None,
        )
        await self.store.insert(EPOCHS, restored, step="test.restored")
        self.words = ("export", "release", "--all", "--reason", "compared with the broker")

    async def died(self) -> None:
        self.first = await self.epoch()

    async def check(self, ended: Ended) -> None:
        released = answer(ended)["released_at"]
        assert released
        assert self.first is not None
        assert self.first["released_at"] in {None, released}

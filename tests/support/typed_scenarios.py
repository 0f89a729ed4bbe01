"""What an operator types, dies of, and types again: how all must stand then."""

import json
from contextlib import suppress

from shared.canonical import content_hash, sha256_hex
from shared.ids import order_id
from shared.messaging import dead_letters
from shared.records import (
    ACCOUNTS,
    API_KEYS,
    BROKERS,
    ORDERS,
    TARIFF_TABLES,
    WAREHOUSES,
    SyncedDocument,
)
from shared.simulator import Simulated
from support.fault_scenarios import ReplayedDeadLetter
from support.typed import Ended, Typed, answer
from support.typed_publishers import NewPublisher, RevokedPublisher
from support.typed_purges import Purged
from support.typed_restores import Released, Restored
from support.waiting import until

HEADINGS = 250  # more than go in one write


class NewAccount(Typed):
    async def prepare(self) -> None:
        self.words = ("account", "create", f"Fog & Fathom {self.account.account_id}", "--test")

    async def check(self, ended: Ended) -> None:
        made = await self.lab.store.find(ACCOUNTS, {"content.name": self.words[2]})
        assert [one["_id"] for one in made] == [answer(ended)["id"]]
        assert made[0]["hash"] == content_hash(made[0]["content"])
        brokers = await self.lab.store.find(BROKERS, {"account_id": made[0]["_id"]})
        assert {one["content"]["email"] for one in brokers} == {one.address for one in Simulated}


class SeededAccount(Typed):
    async def prepare(self) -> None:
        self.words = ("account", "seed", self.account.account_id)

    async def check(self, ended: Ended) -> None:
        mine = {"account_id": self.account.account_id}
        orders = await self.lab.store.find(ORDERS, mine)
        assert {one["_id"] for one in orders} == {row["order"] for row in answer(ended)}
        assert {one["revision"] for one in orders} == {1}


class NewWarehouse(Typed):
    async def prepare(self) -> None:
        of = ("warehouse", "create", "--account", self.account.account_id)
        self.words = (*of, "--name", "Halifax", "--country", "CA")

    async def check(self, ended: Ended) -> None:
        mine = {"account_id": self.account.account_id, "content.name": "Halifax"}
        made = await self.lab.store.find(WAREHOUSES, mine)
        assert [one["_id"] for one in made] == [answer(ended)["id"]]


class ChangedAccount(Typed):
    async def prepare(self) -> None:
        self.words = ("account", "update", self.account.account_id, "--bond", "CB-1")

    async def check(self, ended: Ended) -> None:
        changed = answer(ended)
        assert (changed["importerOfRecord"]["bond"], changed["revision"]) == ("CB-1", 2)


class NewKey(Typed):
    """The first key was shown to nobody, so that nobody can use it; the second works."""

    async def prepare(self) -> None:
        self.words = ("key", "create", "--account", self.account.account_id)

    async def check(self, ended: Ended) -> None:
        key = answer(ended)["key"]
        shown = await self.shop.http.get("/api/account", headers={"Authorization": f"Bearer {key}"})
        assert shown.status_code == 200, shown.text
        kept = await self.lab.store.find(API_KEYS, {"account_id": self.account.account_id})
        known = {sha256_hex(one.encode()) for one in (key, self.account.key)}
        assert len({one["_id"] for one in kept} - known) <= 1


class RevokedKey(Typed):
    async def prepare(self) -> None:
        self.words = ("key", "revoke", self.account.key)

    async def died(self) -> None:
        self.first = await self._revoked_at()

    async def check(self, ended: Ended) -> None:
        assert answer(ended)["revoked_at"] == (self.first or await self._revoked_at())

        async def useless() -> bool:
            return (await self.shop.http.get("/api/account")).status_code == 401

        await until(useless)

    async def _revoked_at(self) -> str | None:
        key = await self.lab.store.get(API_KEYS, sha256_hex(self.account.key.encode()))
        assert key is not None
        return key["revoked_at"]


class LoadedTariff(Typed):
    async def prepare(self) -> None:
        numbers = [f"{1000 + number}.10.00.00" for number in range(HEADINGS)]
        lines = [f'"{number}","0","Goods","[""kg""]"' for number in numbers]
        file = self.folder / "table.csv"
        head = "HTS Number,Indent,Description,Unit of Quantity"
        file.write_text("\n".join([head, *lines]) + "\n")
        self.words = ("tariff", "load", str(file))

    async def died(self) -> None:
        await self._in_use()

    async def check(self, ended: Ended) -> None:
        pointer = answer(ended)
        assert (pointer["numbers"], await self._in_use()) == (HEADINGS, pointer["table"])

    async def close(self) -> None:
        await self.lab.store.delete(TARIFF_TABLES, {}, step="test.forget")  # others' plans
        await super().close()

    async def _in_use(self) -> str | None:
        """A table that is in use is whole."""
        found = {one["_id"]: one for one in await self.lab.store.find(TARIFF_TABLES, {})}
        table: str | None = found.pop("in_use", {}).get("table")
        assert table is None or len(found) == HEADINGS
        return table


class VoidedExport(Typed):
    async def prepare(self) -> None:
        plan = await self.shop.plan(await self.shop.sync())
        self.export_id = plan["exportId"]
        self.words = ("export", "void", self.export_id, "--reason", "asked by the shop")

    async def check(self, ended: Ended) -> None:
        """The first may have arrived: then the second is refused, by the state that it finds."""
        if ended.returncode:
            assert json.loads(ended.stderr)["errorCode"] in {"EXPORT_VOIDED", "EXPORT_NOT_READY"}
        export = await self.shop.until_status(self.export_id, "VOIDED")
        assert [event["type"] for event in export["events"]].count("EXPORT_VOIDED") == 1


class ResubmittedExport(Typed):
    async def prepare(self) -> None:
        plan = await self.shop.plan(await self.shop.sync())
        self.export_id = plan["exportId"]
        await self.shop.execute(plan)
        await self.shop.until_status(self.export_id, "COMPLETED")
        await self.lab.change_export(self.export_id, **{"deliveries.BROKER.status": "FAILED"})
        self.words = ("export", "resubmit", self.export_id)

    async def check(self, ended: Ended) -> None:
        if ended.returncode:
            assert json.loads(ended.stderr)["errorCode"] == "EXPORT_NOT_READY", ended.stderr
        export = await self.shop.until_status(self.export_id, "COMPLETED")
        kinds = [event["type"] for event in export["events"]]
        assert kinds.count("BROKER_SUBMISSION_RETRIED") == 1
        assert len(await self.shop.mails(self.lab.cluster.servers)) == 2


class ReplayedLetter(Typed):
    """An order that named its product too early; the product is there now."""

    verb = "replay"

    async def prepare(self) -> None:
        scenario = ReplayedDeadLetter(self.lab, self.account)
        self.command_id = await scenario.publish()
        await until(self._buried)
        await self.shop.sync(1)
        await scenario.close()
        self.words = ("dlq", self.verb, self.command_id)

    async def died(self) -> None:
        """RabbitMQ puts back what the dead process had in hand, unless it had settled it."""
        with suppress(AssertionError):
            await until(self._buried, limit=5)

    async def check(self, ended: Ended) -> None:
        answer(ended)
        assert (await until(self._order))["revision"] == 1
        assert not await self._buried()

    async def _order(self) -> SyncedDocument | None:
        account_id = self.account.account_id
        return await self.lab.store.get(ORDERS.of(account_id), order_id(account_id, "A-1"))

    async def _buried(self) -> bool:
        letters = await dead_letters.listed(self.lab.messages, "planner")
        return self.command_id in {letter.id for letter in letters}


class DroppedLetter(ReplayedLetter):
    verb = "drop"

    async def check(self, ended: Ended) -> None:
        if ended.returncode:  # the first did it
            assert json.loads(ended.stderr)["field"] == "id"
        assert not await self._buried()
        assert await self._order() is None


_RESTORE = (
    "operator.begin_epoch",
    "operator.restore_document",
    "operator.restore_export",
    "operator.end_restore",
)
_PURGE = (
    "operator.purge_claims",
    "operator.purge_export",
    "operator.purge_refusals",
    "operator.mark_unused",
    "operator.purge_unused",
    "operator.count_stored",
)
TYPED: dict[str, tuple[type[Typed], ...]] = {
    "operator.create_party": (NewAccount, NewWarehouse),
    "operator.update_party": (ChangedAccount,),
    "operator.seed_products": (SeededAccount,),
    "operator.seed_orders": (SeededAccount,),
    "operator.create_key": (NewKey,),
    "operator.revoke_key": (RevokedKey,),
    "operator.write_tariff_part": (LoadedTariff,),
    "operator.use_tariff_table": (LoadedTariff,),
    "operator.operate_export": (VoidedExport, ResubmittedExport),
    **dict.fromkeys(_RESTORE, (Restored,)),
    **dict.fromkeys(_PURGE, (Purged,)),
    "operator.release_epoch": (Released,),
    "operator.keep_publisher": (NewPublisher,),
    "operator.let_publisher_in": (NewPublisher,),
    "operator.change_publisher": (RevokedPublisher,),
    "operator.remove_publisher": (RevokedPublisher,),
    "operator.replay_dead_letter": (ReplayedLetter,),
    "operator.drop_dead_letter": (DroppedLetter,),
}

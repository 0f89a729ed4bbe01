"""A purge that dies: typed again it ends, and nothing is lost that something refers to."""

from typing import Any

from shared.records import BLOBS, CLAIMS, EXPORTS, PLANS, STORAGE
from support.typed import Ended, answer
from support.typed_restores import Elsewhere

OLD = "2020-01-01T00:00:00.000Z"


class Purged(Elsewhere):
    """Of what never was executed, one export is whole yet, and one was begun on before."""

    async def prepare(self) -> None:
        await super().prepare()
        own = {"account_id": self.account.account_id}
        plan = {"command_id": "cmd_1", "plan_hash": "sha256:none", "view_sha256": "none"}
        export: Any = {
            "_id": "batch_1",
            "state": "PLANNED",
            "attempt": 1,
            "revision": 3,
            "updated_at": OLD,
            "plan": plan,
            "plans": [plan],
            "artifacts": [],
            "deliveries": {},
        }
        claim: Any = {"_id": "ord_1", "export": "batch_1", "attempt": 1}
        await self.store.insert(EXPORTS, export | own, step="test.old")
        await self.store.insert(CLAIMS, claim | own, step="test.old")
        for id_, more in {
            "cmd_1": {"kind": "plan", "export_id": "batch_1"},
            "cmd_2": {"kind": "plan", "export_id": "batch_gone", "unused_since": OLD},
            "cmd_3": {"kind": "refusal", "export_id": "batch_2"},
        }.items():
            verdict = {"_id": id_, "planned_at": OLD, **more, **own}
            await self.store.insert(PLANS, verdict, step="test.old")
        self.fresh = await self.store.put_blob(b"nobody's, just now", step="test.old")
        gone: Any = {"_id": "gone", "encoding": "identity", "data": b"", "unused_since": OLD}
        await self.store.insert(BLOBS, gone, step="test.old")
        self.words = ("purge",)

    async def check(self, ended: Ended) -> None:
        answer(ended)
        assert not await self.store.find(EXPORTS, {})
        assert not await self.store.find(CLAIMS, {}), "it would hold its order for ever"
        [plan] = await self.store.find(PLANS, {})
        [blob] = await self.store.find(BLOBS, {})
        assert (plan["_id"], blob["_id"]) == ("cmd_1", self.fresh)
        assert {"unused_since"} <= plan.keys() & blob.keys(), "marked, and not gone yet"
        [stored] = await self.store.find(STORAGE, {})
        assert stored["counted"] > 0

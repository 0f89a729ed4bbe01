"""The mark of what is still to be told, on a real store: it goes once, and no revision with it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared.announcing import Announcing
from shared.clock import timestamp, utc_now
from shared.contracts.base import Message
from shared.contracts.lifecycle import EventType, ExportRecord
from shared.exports import Guard, Telling, advance, event
from shared.messaging.events import EventRoute
from shared.records import EXPORTS
from shared.store import Store
from support.deliveries import an_executed_export
from support.told import to_nobody

pytestmark = pytest.mark.integration


class Announced:
    """The announcer, and what it said; `between` happens when it has said and not yet kept."""

    def __init__(self, store: Store) -> None:
        self.said: list[str] = []
        self.between: ExportRecord | None = None
        self._store = store
        keep = partial(store.write_each, step="test.keep")
        self.announcing = Announcing(self._say, keep)

    async def _say(self, route: EventRoute, _message: Message) -> None:
        self.said.append(route.key)
        if self.between is not None:
            other, self.between = self.between, None
            await happened(self._store, other, EventType.EXPORT_VOIDED)


@pytest.fixture
async def export(store: Store) -> ExportRecord:
    parties: dict[str, Any] = {"warehouse_id": "wh_1", "broker_id": "br_1"}
    record: Any = an_executed_export().record | parties
    await store.insert(EXPORTS, record, step="test.export")
    return await happened(store, record, EventType.EXPORT_EXECUTED)


async def happened(store: Store, export: ExportRecord, kind: EventType) -> ExportRecord:
    after = await advance(
        Telling(store, to_nobody),
        Guard(export["account_id"], export["_id"], {}),
        {},
        [event(kind, kind.value, at=timestamp(utc_now()), actor="x")],
        now=timestamp(utc_now()),
        step="test.happened",
    )
    assert after is not None
    return after


async def now(store: Store, export: ExportRecord) -> ExportRecord:
    found = await store.get(EXPORTS.of(export["account_id"]), export["_id"])
    assert found is not None
    return found


async def test_what_is_told_loses_its_mark_and_nobody_who_looks_sees_a_change(
    store: Store, export: ExportRecord
) -> None:
    announced = Announced(store)

    await announced.announcing.announce(export)

    after = await now(store, export)
    seen = {name: value for name, value in after.items() if "announced" not in name}
    assert seen == {name: value for name, value in export.items() if "announced" not in name}
    assert (after.get("announced"), after.get("unannounced")) == (1, None)


async def test_what_happens_while_another_is_told_keeps_its_mark_and_is_told_by_the_sweep(
    store: Store, export: ExportRecord
) -> None:
    announced = Announced(store)
    announced.between = export

    await announced.announcing.announce(export)
    between = await now(store, export)
    await announced.announcing.sweep(store, utc_now() - timedelta(minutes=1))
    early = list(announced.said)
    for _ in range(2):
        await announced.announcing.sweep(store, utc_now() + timedelta(minutes=1))

    assert between.get("unannounced")
    assert early == ["exports.executed"]
    assert announced.said == ["exports.executed", "exports.executed", "exports.voided"]
    assert (await now(store, export)).get("unannounced") is None

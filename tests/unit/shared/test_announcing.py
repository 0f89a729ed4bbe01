"""What is told of an export's life: in sequence, from where it was left, and marked until then."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from shared.announcing import Announcing
from shared.bulk import Guarded
from shared.contracts.base import Message
from shared.contracts.happened import ExportHappened
from shared.contracts.lifecycle import Event, EventType, ExportRecord
from shared.errors import QueueUnavailable
from shared.exports import event, marked
from shared.messaging.events import EventRoute
from support.deliveries import an_executed_export

NOW = "2026-11-24T15:38:05.731Z"
LIFE = (
    EventType.EXPORT_BATCH_CREATED,
    EventType.EXPORT_PLANNED,
    EventType.EXECUTION_STARTED,
    EventType.CUSTOMS_ARTIFACT_GENERATED,
    EventType.EXPORT_EXECUTED,
    EventType.WAREHOUSE_NOTIFIED,
    EventType.BROKER_SUBMISSION_UNKNOWN,
    EventType.BROKER_NOTIFIED,
)
TOLD = [
    (2, "exports.planned"),
    (5, "exports.executed"),
    (7, "exports.delivery-unknown"),
    (8, "exports.delivered"),
]


def happenings() -> list[Event]:
    data = {"recipient": "entries@niagara.example", "error": "550 <entries@niagara.example>"}
    return [event(kind, kind.value, at=NOW, actor="x", data=data) for kind in LIFE]


def an_export(**given: object) -> ExportRecord:
    its = {"events": happenings(), "warehouse_id": "wh_1", "broker_id": "br_1", "unannounced": "m"}
    return {**an_executed_export().record, **its, **given}  # type: ignore[typeddict-item]  # by parts


@dataclass
class Heard:
    away_at: int | None = None  # the sequence at which RabbitMQ is away
    said: list[tuple[str, ExportHappened]] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)

    async def say(self, route: EventRoute, message: Message) -> None:
        happened = cast("ExportHappened", message)
        if happened.sequence == self.away_at:
            raise QueueUnavailable("away")
        self.said.append((route.key, happened))

    async def keep(self, _part: object, _new: object, updates: Sequence[Guarded]) -> bool:
        self.kept.append(updates)
        return True

    @property
    def told(self) -> list[tuple[int, str]]:
        return [(happened.sequence, key) for key, happened in self.said]


@pytest.mark.parametrize("told", [None, 0, 2, 5, 8])
async def test_what_was_not_told_is_told_in_sequence_and_the_mark_is_taken_off(
    told: int | None,
) -> None:
    heard, given = Heard(), {} if told is None else {"announced": told}

    await Announcing(heard.say, heard.keep).announce(an_export(**given))

    assert heard.told == [each for each in TOLD if each[0] > (told or 0)]
    [[kept]] = heard.kept
    assert kept.guard["unannounced"] == {"$in": ["m"]}
    assert kept.update == {"$set": {"unannounced": None, "announced": len(LIFE)}}


async def test_marks_of_many_go_in_one_update_while_a_lone_one_waits_for_nothing() -> None:
    heard = Heard()
    announcing = Announcing(heard.say, heard.keep)

    await announcing.announce(an_export(_id="batch_0"))
    alone = [list(each.ids) for each in heard.kept[0]]
    await asyncio.gather(*(announcing.announce(an_export(_id=f"batch_{n}")) for n in (1, 2, 3)))

    assert alone == [["batch_0"]]
    assert [list(each.ids) for each in heard.kept[1]] == [["batch_1", "batch_2", "batch_3"]]
    assert len(heard.kept) == 2


async def test_while_rabbitmq_is_away_the_mark_stays_and_nothing_is_told_out_of_sequence() -> None:
    heard = Heard(away_at=5)

    await Announcing(heard.say, heard.keep).announce(an_export())

    assert (heard.told, heard.kept) == (TOLD[:1], [])


async def test_nobody_waits_for_what_is_told_and_what_has_no_mark_is_not() -> None:
    heard = Heard()
    announcing = Announcing(heard.say, heard.keep)

    announcing.tell(an_export())
    announcing.tell({**an_export(), "unannounced": None})
    at_once = list(heard.told)
    await asyncio.sleep(0.01)

    assert (at_once, heard.told) == ([], TOLD)


async def test_no_address_and_no_word_of_a_server_leaves_with_it() -> None:
    heard = Heard()

    await Announcing(heard.say, heard.keep).announce(an_export())

    bodies = b"".join(happened.encoded() for _, happened in heard.said)
    assert b"@" not in bodies
    assert b"550" not in bodies


@pytest.mark.parametrize("kind", EventType)
def test_a_record_is_marked_by_what_others_hear_of_and_by_nothing_else(kind: EventType) -> None:
    one = event(kind, "cause", at=NOW, actor="x")
    told = {
        *(EventType.EXPORT_PLANNED, EventType.EXPORT_REPLANNED, EventType.EXPORT_EXECUTED),
        *(EventType.EXECUTION_REFUSED, EventType.EXPORT_VOIDED, EventType.DELIVERY_CONFIRMED),
        *(EventType.BROKER_NOTIFIED, EventType.BROKER_SUBMISSION_FAILED),
        EventType.BROKER_SUBMISSION_UNKNOWN,
    }

    assert marked([one], NOW) == ({"unannounced": f"{NOW} {one['id']}"} if kind in told else {})

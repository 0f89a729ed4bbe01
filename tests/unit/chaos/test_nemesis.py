"""The nemesis itself: what a seed plays again, and what its history would not let pass."""

import io
from random import Random
from typing import Any, cast

import pytest

from chaos import schedule
from chaos.history import History, Told
from chaos.schedule import Named, Nemesis, Plan
from chaos.stage import Stage
from support.accounts import Seeded

EVENTS = [{"id": f"evt_{n}", "sequence": n} for n in (1, 2, 3)]


class Calm:
    """A stage on which nothing happens."""

    members = ()
    own = None

    async def heal(self) -> None:
        """There is nothing to heal."""

    async def recovered(self, _: float) -> tuple[float, list[object]]:
        return 0.0, []


@pytest.fixture
def history() -> History:
    return History(io.StringIO())


async def played(seed: int, history: History) -> list[str]:
    drawn: list[str] = []

    def a_fault(name: str) -> Named:
        async def play(_: Stage, rng: Random) -> str:
            drawn.append(f"{name} {rng.random()}")
            if rng.random() < 0.3:  # in another fault's way: played again later
                drawn.pop()
                raise ConnectionError
            return name

        return Named(name, play)

    lanes = {"one": [a_fault(name) for name in "abcdefgh"]}
    nemesis = Nemesis(Plan(seed, exports=1, rounds=2), cast("Stage", Calm()), history, lanes)
    await nemesis.play(lambda: True)
    assert set(nemesis.played) <= set("abcdefgh")
    return drawn


async def test_a_seed_plays_the_same_faults_with_the_same_draws_again(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(schedule, "PATIENCE", 0.0)

    first, again, other = [await played(seed, history) for seed in (3, 3, 4)]

    assert first == again
    assert len(first) > 4
    assert first != other


def an_export(**changes: Any) -> dict[str, Any]:
    files = [{"filename": f"{n}.json", "sha256": f"hash of {n}"} for n in range(5)]
    export = {
        "exportId": "batch_1",
        "state": "EXECUTED",
        "revision": 7,
        "events": EVENTS,
        "customs_package": {"id": "cp_1"},
        "artifacts": files,
        "included_order_ids": ["ord_1"],
    }
    return export | changes


BACKWARDS = {
    "I11": an_export(revision=6),
    "I8": an_export(events=EVENTS[:2]),
    "I1": an_export(customs_package={"id": "cp_2"}),
}


@pytest.mark.parametrize("kind", BACKWARDS)
def test_an_export_that_goes_back_is_a_violation(history: History, kind: str) -> None:
    history.saw(an_export())
    history.saw(an_export(revision=8, events=[*EVENTS, {"id": "evt_4", "sequence": 4}]))
    assert not history.found

    history = History(io.StringIO())
    history.saw(an_export())
    history.saw(BACKWARDS[kind])

    assert set(history.found) == {kind}


def test_another_answer_or_another_export_for_one_key_is_a_violation(history: History) -> None:
    account = Seeded("acc_1", "wh_1", "br_1", "key", "desk@broker.example")
    history.keys["k"] = Told("/api/exports/plan", {}, account.headers)
    history.answered("k", 200, b'{"exportId":"batch_1"}')
    history.planned("k", {"exportId": "batch_1"})
    assert not history.found

    history.answered("k", 200, b'{"exportId":"batch_2"}')
    history.planned("k", {"exportId": "batch_2"})

    assert set(history.found) == {"I4", "ONE KEY"}

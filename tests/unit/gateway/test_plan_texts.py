"""A plan in an answer: as it was stored, made once, remembered within bounds."""

import orjson

from gateway import plan_texts
from gateway.plan_texts import PlanTexts, joined, plan_text
from support.export_records import VIEW, get, put_export
from support.gateways import KEY, GatewayUnderTest, a_client

STORED = orjson.dumps(VIEW)


async def test_an_inspect_says_of_its_plan_what_the_plan_itself_says() -> None:
    gateway = GatewayUnderTest()
    put_export(gateway)

    export = (await get(gateway, "/api/exports/batch_1")).json()
    plan = (await get(gateway, "/api/exports/batch_1/plans/1")).json()

    own = {"next_recommended_action", "status"}  # the export's own by now
    assert {name: export[name] for name in plan if name not in own} == {
        name: value for name, value in plan.items() if name not in own
    }


async def test_a_repeated_inspect_reads_no_view_and_says_the_same() -> None:
    gateway = GatewayUnderTest()
    put_export(gateway)
    app = gateway.app()

    async with a_client(app, KEY) as client:
        first = await client.get("/api/exports/batch_1")
        gateway.store.collection("blobs").clear()
        again = await client.get("/api/exports/batch_1")

    assert (first.status_code, again.content) == (200, first.content)


def test_a_messages_money_is_dollars_and_it_leads_to_its_page() -> None:
    finding = {"code": "UNIT_VALUE_SUSPECT", "rule_id": "R11", "lowest_value_cents": 21}
    stored = orjson.dumps(VIEW | {"validationMessages": [finding]})

    (message,) = orjson.loads(plan_text(stored).fields)["validationMessages"]

    assert message["lowest_value_usd"] == 0.21
    assert "lowest_value_cents" not in message
    assert message["docs"].endswith("#r11")


def test_objects_are_joined_to_one_that_has_the_fields_of_all() -> None:
    assert orjson.loads(joined(b'{"a":1}', b'{"b":{"c":[]}}', b'{"d":"}"}')) == {
        "a": 1,
        "b": {"c": []},
        "d": "}",
    }


def test_what_is_remembered_is_bounded_and_what_was_asked_for_last_stays() -> None:
    texts, size = PlanTexts(), len(plan_text(STORED).fields)
    many = plan_texts.MOST_BYTES // size
    for number in range(many):
        texts.keep(str(number), plan_text(STORED))
    assert texts.known("0") is not None

    texts.keep("one more", plan_text(STORED))
    texts.keep("and another", plan_text(STORED))

    assert texts.known("0") is not None
    assert texts.known("1") is None
    assert texts.known("and another") == plan_text(STORED)


def test_what_is_remembered_already_counts_once() -> None:
    texts = PlanTexts()
    for _ in range(2 * plan_texts.MOST_BYTES // len(plan_text(STORED).fields)):
        texts.keep("one", plan_text(STORED))
    texts.keep("other", plan_text(STORED))

    assert texts.known("one") is not None
    assert texts.known("other") is not None

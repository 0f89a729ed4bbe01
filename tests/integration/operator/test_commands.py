"""The operator's command on a real store: as it is typed, with what it prints and leaves behind."""

from asyncio import to_thread
from pathlib import Path

import pytest

from shared.canonical import content_hash, sha256_hex
from shared.messaging.rabbit import Messages
from shared.records import ACCOUNTS, API_KEYS
from shared.settings import CommonSettings
from shared.simulator import Simulated
from shared.store import Store
from support.entrygo import Entrygo

pytestmark = pytest.mark.integration
TABLE = (
    "HTS Number,Indent,Description,Unit of Quantity\n"
    '"6110","0","Sweaters:",""\n'
    '"6110.11.00.15","1","Men\'s","[""doz."",""kg""]"\n'
    '"6110.11.00.30","1","Women\'s","[""doz."",""kg""]"\n'
)


def test_a_new_account_with_its_parties_is_shown_whole(entrygo: Entrygo) -> None:
    account = entrygo.json("account", "create", "Fog & Fathom")["id"]
    warehouse = entrygo.json(
        *("warehouse", "create", "--account", account, "--name", "Halifax", "--country", "CA"),
        *("--address", "240 Terminal Road, Halifax, NS B3K 1A1", "--email", "dock@w.example"),
    )
    broker = entrygo.json("broker", "create", "--account", account, "--name", "Niagara")
    key = entrygo.json("key", "create", "--account", account)["key"]

    shown = entrygo.json("account", "show", account)

    assert warehouse["address"]["city"] == "Halifax"
    assert [one["id"] for one in shown["warehouses"]] == [warehouse["id"]]
    assert [one["id"] for one in shown["brokers"]] == [broker["id"]]
    assert [one["prefix"] for one in shown["keys"]] == [key[: len("shpbndl_live_") + 4]]


def test_a_test_account_is_made_whole_with_a_broker_for_each_outcome_and_what_is_given_counts(
    entrygo: Entrygo,
) -> None:
    words = ("account", "create", "Fog & Fathom", "--test", "--bond", "CB-1")
    account, again = entrygo.json(*words), entrygo.json(*words)

    shown = entrygo.json("account", "show", account["id"])
    assert again == account
    assert account["importerOfRecord"]["bond"] == "CB-1"
    assert [one["email"] for one in account["brokers"]] == [one.address for one in Simulated]
    assert (shown["brokers"], shown["warehouses"]) == (account["brokers"], account["warehouses"])


def test_a_reserved_address_is_refused_to_a_live_account_whichever_way_it_comes(
    entrygo: Entrygo,
) -> None:
    account = entrygo.json("account", "create", "Fog & Fathom")["id"]
    of = ("--account", account, "--name", "N", "--country", "CA")
    broker = entrygo.json("broker", "create", *of[:4])["id"]

    for words in (
        ("broker", "create", *of[:4], "--email", Simulated.SENT.address),
        ("broker", "update", broker, "--email", "Sent@SIMULATOR.invalid"),
        ("warehouse", "create", *of, "--email", Simulated.SENT.address),
    ):
        assert entrygo.refused(*words)["field"] == "email"
    assert "email" not in entrygo.json("broker", "list", "--account", account)[0]
    assert entrygo.refused("account", "seed", account)["field"] == "id"


def test_an_update_merges_raises_the_revision_and_an_equal_one_does_not(entrygo: Entrygo) -> None:
    words = ("account", "create", "Fog & Fathom", "--bond", "CB-1", "--importer-name", "F")
    account = entrygo.json(*words)

    changed = entrygo.json("account", "update", account["id"], "--importer-number", "12-3456789")
    again = entrygo.json("account", "update", account["id"], "--importer-number", "12-3456789")
    cleared = entrygo.json("account", "update", account["id"], "--bond", "")

    assert changed["importerOfRecord"] == {"name": "F", "number": "12-3456789", "bond": "CB-1"}
    assert (changed["revision"], again["revision"], cleared["revision"]) == (2, 2, 3)
    assert "bond" not in cleared["importerOfRecord"]


def test_the_same_create_again_is_the_same_record_and_another_content_another(
    entrygo: Entrygo,
) -> None:
    account = entrygo.json("account", "create", "Fog & Fathom", "--test")
    again = entrygo.json("account", "create", " Fog & Fathom", "--test")
    live = entrygo.json("account", "create", "Fog & Fathom")
    assert "brokers" not in live
    owned = [
        entrygo.json("broker", "create", "--account", owner["id"], "--name", "Niagara")["id"]
        for owner in (account, again, live)
    ]

    assert again == account
    assert live["id"] != account["id"]
    assert owned[0] == owned[1] != owned[2]
    assert len(entrygo.json("account", "list")) == 2


def test_text_is_made_canonical_and_blank_text_takes_a_field_away(entrygo: Entrygo) -> None:
    account = entrygo.json("account", "create", "Fog  & Fathom ", "--importer-name", "F")
    owned = ("warehouse", "create", "--account", account["id"], "--name", "W", "--country", "ca")
    warehouse = entrygo.json(*owned, "--carrier", "  ")

    cleared = entrygo.json(
        "account", "update", account["id"], "--importer-name", " \u00a0", "--deny-hts", ""
    )

    assert account["name"] == "Fog & Fathom"
    assert warehouse["country"] == "CA"
    assert "shipmentDefaults" not in warehouse
    assert "importerOfRecord" not in cleared


async def test_a_record_carries_the_hash_of_its_content(entrygo: Entrygo, store: Store) -> None:
    await to_thread(entrygo.json, "account", "create", "Fog & Fathom")

    (record,) = await store.find(ACCOUNTS, {})

    assert record["hash"] == content_hash(record["content"])
    assert record["account_id"] == record["_id"]


async def test_of_a_key_only_its_hash_is_stored(entrygo: Entrygo, store: Store) -> None:
    account = (await to_thread(entrygo.json, "account", "create", "Fog & Fathom"))["id"]
    made = await to_thread(entrygo.json, "key", "create", "--account", account)

    (record,) = await store.find(API_KEYS, {})

    assert made["key"].startswith("shpbndl_live_")
    assert record["_id"] == sha256_hex(made["key"].encode())
    assert made["key"] not in str(record)


def test_a_revoked_key_stays_in_the_list_with_its_time(entrygo: Entrygo) -> None:
    account = entrygo.json("account", "create", "Fog & Fathom")["id"]
    key = entrygo.json("key", "create", "--account", account)["key"]

    first = entrygo.json("key", "revoke", key)
    again = entrygo.json("key", "revoke", first["id"])

    assert first["revoked_at"] == again["revoked_at"] is not None
    assert entrygo.json("key", "list", "--account", account) == [again]


def test_a_key_may_end_after_a_time_or_with_a_day_and_not_in_the_past(entrygo: Entrygo) -> None:
    account = entrygo.json("account", "create", "Fog & Fathom")["id"]
    create = ("key", "create", "--account", account, "--expires")

    made = [entrygo.json(*create, "90d"), entrygo.json(*create, "2099-01-31")]

    assert made[0]["expires_at"] > made[0]["created_at"]
    assert made[1]["expires_at"] == "2099-02-01T00:00:00.000Z"
    listed = entrygo.json("key", "list", "--account", account)
    assert [key["expires_at"] for key in listed] == [key["expires_at"] for key in made]
    assert {key["last_used_at"] for key in listed} == {None}
    for wrong in ("2020-01-01", "soon", "99999999d"):
        assert entrygo.refused(*create, wrong)["field"] == "expires"


def test_a_key_cannot_be_limited_to_another_accounts_warehouse(entrygo: Entrygo) -> None:
    mine, other = (entrygo.json("account", "create", name)["id"] for name in ("A", "B"))
    words = ("warehouse", "create", "--account", other, "--name", "W", "--country", "CA")
    warehouse = entrygo.json(*words)["id"]

    envelope = entrygo.refused("key", "create", "--account", mine, "--warehouse", warehouse)

    assert envelope["errorCode"] == "INVALID_ACCOUNT_SCOPE"


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (("account", "update", "acc_no", "--bond", "B"), "INVALID_ACCOUNT_SCOPE", "account"),
        (("key", "create", "--account", "acc_no"), "INVALID_ACCOUNT_SCOPE", "account"),
        (("account", "create", "A", "--employee-name", "E", "--employee-email", "no"),
         "VALIDATION_ERROR", "responsibleEmployee.email"),
        (("export", "show", "batch_no"), "EXPORT_NOT_FOUND", None),
        (("export", "void", "batch_no", "--reason", "gone"), "EXPORT_NOT_FOUND", None),
        (("plan", "explain", "batch_no"), "EXPORT_NOT_FOUND", None),
        (("dlq", "show", "cmd_no"), "VALIDATION_ERROR", "id"),
        (("tariff", "show", "6110"), "VALIDATION_ERROR", "code"),
    ],
    ids=lambda words: " ".join(words[:2]) if isinstance(words, tuple) else "",
)  # fmt: skip
def test_bad_input_is_an_envelope_on_the_error_stream(
    entrygo: Entrygo, words: tuple[str, ...], code: str, field: str | None
) -> None:
    envelope = entrygo.refused(*words)

    assert (envelope["errorCode"], envelope.get("field")) == (code, field)


def test_wrong_fields_are_told_in_the_contracts_words(entrygo: Entrygo) -> None:
    words = ("account", "create", "A", "--exporter-name", "E", "--exporter-country", "CANADA")

    envelope = entrygo.refused(*words, "--exporter-address", "1 Dock Street", "--deny-hts", "wool")

    assert {(issue["path"], issue["code"]) for issue in envelope["details"]["issues"]} == {
        ("exporter.address.city", "invalid_type"),
        ("exporter.address.country", "invalid_string"),
        ("deniedHtsPrefixes.0", "invalid_string"),
    }


@pytest.mark.parametrize(
    "words",
    [
        ("account", "create"),
        ("warehouse", "create", "--account", "acc_1", "--name", "W"),
        ("export", "void", "batch_1"),
        ("export", "list", "--status", "SOMETHING"),
        ("tariff", "load", "no-such-file.csv"),
        ("nothing",),
    ],
)
def test_wrong_usage_exits_with_two(entrygo: Entrygo, words: tuple[str, ...]) -> None:
    assert entrygo(*words).exit_code == 2


def test_a_tariff_table_is_in_use_once_it_is_loaded(entrygo: Entrygo, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(TABLE, encoding="utf-8")

    loaded = entrygo.json("tariff", "load", str(file))

    assert loaded["numbers"] == 2
    assert entrygo.json("tariff", "show", "6110.11.00.15") == [
        {"code": "6110110015", "description": "Sweaters > Men's", "units": ["doz.", "kg"]}
    ]
    assert len(entrygo.json("tariff", "show", "6110")) == 2


def test_a_tariff_table_keeps_which_edition_it_is(entrygo: Entrygo, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text(TABLE, encoding="utf-8")
    edition = ("--revision", "2026HTSRev21", "--effective", "2026-10-09")

    loaded = entrygo.json("tariff", "load", str(file), *edition)
    unsaid = entrygo.json("tariff", "load", str(file))

    assert (loaded["revision"], loaded["effective"]) == ("2026 Revision 21", "2026-10-09")
    assert (unsaid["revision"], unsaid["effective"]) == (None, None)
    for name, text in (("revision", "the newest"), ("effective", "October")):
        envelope = entrygo.refused("tariff", "load", str(file), f"--{name}", text)
        assert envelope["field"] == name


def test_a_bad_tariff_file_leaves_the_table_in_use(entrygo: Entrygo, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(TABLE, encoding="utf-8")
    bad.write_text(TABLE.replace("Women", "Men").replace("00.30", "00.3"), encoding="utf-8")
    entrygo.json("tariff", "load", str(good))

    envelope = entrygo.refused("tariff", "load", str(bad))

    assert envelope["details"]["line"] == 4
    assert "line 4" in envelope["message"]
    assert len(entrygo.json("tariff", "show", "6110")) == 2


def test_a_server_that_is_away_is_told_as_unavailable(entrygo: Entrygo) -> None:
    away = Entrygo({"ENTRYGO_MONGO_URL": "mongodb://127.0.0.1:9/?directConnection=true"})

    envelope = away.refused("account", "list")

    assert envelope["errorCode"] == "SERVICE_UNAVAILABLE"
    assert envelope["details"]["retryable"] is True
    assert entrygo.json("account", "list") == []


async def test_a_dead_letter_is_listed_shown_replayed_and_dropped(
    entrygo: Entrygo, settings: CommonSettings, store: Store
) -> None:
    messages = Messages(settings, service="tests", healthy=store.ping)
    await messages.start()
    # Where a letter says itself that it came from is where it would like to go.
    headers = {"x-origin-queue": "executor.exports.operate", "x-reason": "not a SyncOrders"}
    body = b'{"items":[{"consignee":{"name":"Jo Buyer"}}]}'
    await messages.send_dead(
        "planner.orders.sync", body, message_id="cmd_1", message_type="SyncOrders", headers=headers
    )

    (row,) = await to_thread(entrygo.json, "dlq", "list")
    next_page = await to_thread(entrygo.json, "dlq", "list", "--after", "cmd_1", "--limit", "1")
    shown = await to_thread(entrygo.json, "dlq", "show", "cmd_1")
    whole = await to_thread(entrygo.json, "dlq", "show", "cmd_1", "--full")
    replayed = await to_thread(entrygo.json, "dlq", "replay", "cmd_1")
    left = await to_thread(entrygo.json, "dlq", "list")
    await messages.send_dead("planner.orders.sync", body, message_id="cmd_2", headers=headers)
    dropped = await to_thread(entrygo.json, "dlq", "drop", "cmd_2")
    work = await (await messages.channel()).get_queue("planner.orders.sync")
    arrived = await work.get(no_ack=True)
    await messages.stop()

    assert (row["id"], row["origin_queue"]) == ("cmd_1", "planner.orders.sync")
    assert shown["body"] == {"items": [{"consignee": "***"}]}
    assert whole["body"] == {"items": [{"consignee": {"name": "Jo Buyer"}}]}
    assert next_page == []
    assert replayed == {"replayed": "cmd_1", "queue": "planner.orders.sync"}
    assert left == []
    assert arrived is not None
    assert (arrived.message_id, arrived.type, arrived.body) == ("cmd_1", "SyncOrders", body)
    assert dropped == {"dropped": "cmd_2"}

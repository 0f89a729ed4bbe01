"""What a sync is told of its records: as a plan would tell it, by the record."""

from typing import Any, cast

import orjson
import pytest

from planner.domain.facts import Party
from planner.repository import Repository
from planner.use_cases.issues import issues_of
from shared.contracts.sync import MOST_ISSUES, SyncOrders, SyncProducts
from support import world
from support.planning import BOOK, ORDER, TODAY, line, order, product


class Account:
    """What is read beside a sync, of an account that ships no toys."""

    def __init__(self, *, completes: bool = False) -> None:
        self._completes = completes

    async def beside_a_sync(self, account_id: str) -> tuple[Party, dict[str, Any]]:
        return Party(account_id, {**world.ACCOUNT, "deniedHtsPrefixes": ["9503"]}), {}

    async def tariff(self, *_: object) -> None:
        return None

    async def brokers_complete(self, _account_id: str) -> bool:
        return self._completes


async def told(
    of: type[SyncOrders | SyncProducts],
    content: dict[str, Any],
    account: Account | None = None,
) -> list[dict[str, Any]]:
    command = cast("Any", of).model_construct(account_id="acc_1")
    (id_,) = [ORDER if of is SyncOrders else BOOK]
    repository = cast("Repository", account or Account())
    found = orjson.loads(await issues_of(command, {id_: content}, {}, repository, TODAY))
    assert list(found) == [id_]
    messages: list[dict[str, Any]] = found[id_]
    return messages


async def test_a_product_is_told_what_it_lacks_with_the_request_that_gives_it() -> None:
    (found,) = await told(SyncProducts, product(htsCode=None, countryOfOrigin=None))

    assert found["codes"] == ["HTS_MISSING", "ORIGIN_MISSING"]
    assert found["fixable_by"] == "CLIENT"
    assert found["remedy_command"] == (
        'POST /api/products/sync {"accountId":"acc_1","items":'
        '[{"externalId":"book","countryOfOrigin":null,"htsCode":null}]}'
    )


async def test_a_product_that_the_account_does_not_ship_is_told_so() -> None:
    found = await told(SyncProducts, product(htsCode="9503.00.0090"))

    assert ("PROHIBITED_BY_POLICY", "NOBODY") in {(f["code"], f["fixable_by"]) for f in found}


@pytest.mark.parametrize(("completes", "severity"), [(True, "WARNING"), (False, "BLOCKING")])
async def test_a_short_number_is_judged_by_what_the_accounts_brokers_do(
    completes: bool,  # noqa: FBT001  # a column of the table
    severity: str,
) -> None:
    account = Account(completes=completes)

    (found,) = await told(SyncProducts, product(htsCode="490199"), account)

    assert (found["code"], found["severity"]) == ("HTS_NOT_TEN_DIGITS", severity)


async def test_an_order_is_told_what_is_wrong_with_it_alone() -> None:
    content = order(line(unit_value_cents=0), destinationRegion=None)

    found = await told(SyncOrders, content)

    assert [each["code"] for each in found] == ["UNIT_VALUE_INVALID", "DESTINATION_REGION_INVALID"]


async def test_of_one_record_a_few_are_told_and_what_blocks_comes_first() -> None:
    lines = [line(unit_value_cents=0) for _ in range(2 * MOST_ISSUES)]

    found = await told(SyncOrders, order(*lines, destinationRegion=None))

    assert len(found) == MOST_ISSUES
    assert {each["severity"] for each in found} == {"BLOCKING"}


async def test_a_record_with_nothing_to_object_to_has_no_issues() -> None:
    assert await told(SyncProducts, product()) == []

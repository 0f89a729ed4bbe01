"""What the rules find today in the records of a sync, told to who sent it: before any plan.

Of a product what its own rules find, of an order what its own do; what depends on the rest of a
plan (its broker, its rates, what was exported) is said there.
"""

import asyncio
from collections.abc import Mapping
from datetime import date

import orjson

from planner import rulesets
from planner.domain.advice import Advice
from planner.domain.facts import Party, PlanningInput
from planner.domain.findings import found_on, in_order
from planner.domain.hts import HTSUS_DIGITS, clean_hts, hts_numbers
from planner.domain.judged import judged
from planner.domain.messages import messages_of
from planner.domain.orders import Content, read_order
from planner.repository import Repository
from planner.use_cases.decision import OFF_THE_LOOP_FROM
from shared.contracts.decision import Finding
from shared.contracts.sync import MOST_ISSUES, SyncOrders, SyncProducts

MOST_BYTES = 4 * 1024 * 1024  # of one reply; the records after that are told nothing of


async def issues_of(
    command: SyncOrders | SyncProducts,
    contents: Mapping[str, Content],
    hashes: Mapping[str, str],
    repository: Repository,
    as_of: date,
) -> str:
    """By id of the record, as JSON: the form of a plan's `validationMessages`."""
    account, table = await repository.beside_a_sync(command.account_id)
    codes = (clean_hts(content.get("htsCode", "")) for content in contents.values())
    short = any(code and len(code) < HTSUS_DIGITS for code in codes)
    completes = short and await repository.brokers_complete(command.account_id)
    given = PlanningInput(
        as_of=as_of,
        account=account,
        warehouse=Party("", {}),
        broker=Party("", {"completesClassification": completes}),
        orders=contents,
        products=contents,
        product_hashes=hashes,
        ruleset=rulesets.load(as_of),
        tariff=await repository.tariff(table, hts_numbers(contents.values())),
    )
    of_orders = isinstance(command, SyncOrders)
    if len(contents) < OFF_THE_LOOP_FROM:
        return _told(given, of_orders=of_orders)
    return await asyncio.to_thread(_told, given, of_orders=of_orders)


def _told(given: PlanningInput, *, of_orders: bool) -> str:
    parties = {"account": {"id": given.account.id, **given.account.content}}
    context = given.product_context
    told: dict[str, list[Finding]] = {}
    size = 0
    for id_, content in given.orders.items():
        order = read_order(id_, content, {}) if of_orders else None
        found = list(found_on(order, given) if order else judged(id_, given, context).found)
        if not found:
            told[id_] = []
            continue
        missing = (path for each in found for path in each.missing)
        findings = in_order(each.finding for each in found)
        messages = messages_of(findings, Advice(parties, {id_: content}, missing))
        told[id_] = messages[:MOST_ISSUES]
        size += len(orjson.dumps(told[id_]))
        if size > MOST_BYTES:
            break
    return orjson.dumps(told).decode()

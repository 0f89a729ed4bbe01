"""Who mends what was found, and with which command or request; told in answers alone.

An operator's command is whole but for words in capitals. A client's request is a method, a path and
a body: what is null in it is the client's to give, and the rest of a record stays as the client
keeps it, since a sync replaces it whole.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import orjson

from planner.domain.orders import Content
from planner.domain.rules import RULES
from planner.domain.rules.base import Mender
from shared.contracts.decision import Finding
from shared.contracts.errors import NextAction
from shared.contracts.lifecycle import Readiness, plan_next_action
from shared.contracts.snapshot import Snapshot
from shared.needs import NEEDS, setting

_OF_RECORD: Final = re.compile(r"(orders|products)\[([^\]]*)\]\.(.+)")
_MOST_RECORDS: Final = 10  # in one request; missing data name all
_RULES: Final = {rule.code: rule for rule in RULES}
_SETTINGS: Final = {need.path: need for need in NEEDS}
_LOAD: Final = "entrygo tariff load FILE"

Body = dict[str, Any]


class Datum(NamedTuple):
    """A path in parts: of `products[prod_x].metal.kind` the `products`, the id and the rest."""

    kind: str
    id: str
    name: str

    @property
    def first(self) -> str:
        return self.name.partition(".")[0].partition("[")[0]


class Advice:
    """On the findings of one plan, or of one sync."""

    def __init__(
        self,
        parties: Mapping[str, Content],  # account, warehouse, broker, as far as they are known
        records: Mapping[str, Content],  # orders and products, by id
        missing: Iterable[str],  # the paths of all that is missing
    ) -> None:
        self._parties = parties
        self._records = records
        self._missing: dict[tuple[str, str, str], list[Datum]] = defaultdict(list)
        for datum in map(_datum, missing):
            for id_ in {datum.id, ""}:  # of the record, and of all
                self._missing[datum.kind, id_, datum.first].append(datum)

    def on(self, finding: Finding, fields: Iterable[str]) -> Finding:
        """The finding with who mends it and how; it is about the fields."""
        mender = mender_of(finding)
        told: Finding = {**finding, "fixable_by": mender.value}
        if mender is not Mender.NOBODY:
            also = _RULES[finding["code"]].fields(finding.get("order_id", ""))[1:]
            told["remedy_command"] = self._command(mender, finding["field"], [*fields, *also])
        return told

    def _command(self, mender: Mender, path: str, fields: Iterable[str]) -> str:
        if mender is Mender.OPERATOR:
            need = _SETTINGS.get(path)
            party = self._parties[need.party] if need else {}
            return setting(need, party["id"], party) if need else _LOAD
        data = [wanted for field in fields for wanted in self._wanted(_datum(field))]
        body: Body = {"accountId": self._parties["account"]["id"]}
        if data[0].kind == "shipment":
            body |= {f"{word}Id": self._parties[word]["id"] for word in ("warehouse", "broker")}
            body |= {"batchId": None, "orderIds": None, "shipment": _skeleton(data)}
            return _request("/api/exports/plan", body)
        by_record = defaultdict[str, list[Datum]](list)
        for datum in data:
            by_record[datum.id].append(datum)
        body["items"] = [
            {"externalId": self._records[id_].get("externalId"), **_skeleton(named)}
            for id_, named in list(by_record.items())[:_MOST_RECORDS]
        ]
        return _request(f"/api/{data[0].kind}/sync", body)

    def _wanted(self, field: Datum) -> list[Datum]:
        """The field, or all that is missing within the same part of the same record."""
        return self._missing.get((field.kind, field.id, field.first)) or [field]


def mender_of(finding: Finding) -> Mender:
    return _RULES[finding["code"]].mender(finding["severity"], finding["field"])


def next_action(snapshot: Snapshot) -> NextAction:
    """What to do with the plan (protocol.md section 10)."""
    decision = snapshot["decision"]
    blocking = [found for found in decision["findings"] if found["severity"] == "BLOCKING"]
    for_good = {each["code"] for each in blocking if mender_of(each) is Mender.NOBODY}
    excluded = decision["excluded_orders"]
    hopeless = sum(not for_good.isdisjoint(order["codes"]) for order in excluded)
    if hopeless and decision["readiness"] == Readiness.BLOCKED:
        left = hopeless < len(excluded)
        return NextAction.LEAVE_OUT_AND_REPLAN if left else NextAction.NONE
    only = all(mender_of(found) is Mender.OPERATOR for found in blocking)
    return plan_next_action(decision["readiness"], operator_only=only)


def _datum(path: str) -> Datum:
    if found := _OF_RECORD.fullmatch(path):
        return Datum(*found.groups())
    kind, _, name = path.partition(".")
    return Datum(kind, "", name)


def _skeleton(data: Iterable[Datum]) -> Body:
    """What is to be given, as null in its place; a list is given whole."""
    body: Body = {}
    for name in sorted(datum.name.partition("[")[0] for datum in data):  # a whole before its parts
        place: Body | None = body
        *around, last = name.split(".")
        for part in around:
            place = None if place is None else place.setdefault(part, {})
        if place is not None:
            place.setdefault(last, None)
    return body


def _request(path: str, body: Body) -> str:
    return f"POST {path} {orjson.dumps(body).decode()}"

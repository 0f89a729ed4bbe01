"""What the clients sent and were told, and what they saw: the evidence for the judgement."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

from shared.canonical import sha256_hex

_SHOWN: Final = 40  # violations kept in full


@dataclass
class Told:
    """One idempotency key: what was asked with it, and every final answer."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    finals: set[str] = field(default_factory=set)  # digests of 200 bodies
    export_id: str | None = None
    tries: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """One export as its clients saw it last; nothing of it may go back."""

    revision: int = 0
    events: tuple[str, ...] = ()
    artifacts: dict[str, str] | None = None
    package: str | None = None
    orders: tuple[str, ...] = ()
    accepted: list[tuple[int, float, str]] = field(default_factory=list)  # plan revision, when, key


@dataclass
class History:
    log: TextIO
    begun: float = field(default_factory=time.monotonic)
    keys: dict[str, Told] = field(default_factory=dict)
    exports: dict[str, Seen] = field(default_factory=dict)
    synced: dict[tuple[str, str], int] = field(default_factory=dict)  # acknowledged last
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    def note(self, what: str) -> None:
        print(f"{time.monotonic() - self.begun:8.2f} {what}", file=self.log, flush=True)

    def violation(self, kind: str, what: str) -> None:
        self.found[kind] += 1
        line = f"{kind} {what}"
        self.note(f"VIOLATION {line}")
        if len(self.violations) < _SHOWN:
            self.violations.append(line)

    def answered(self, key: str, status: int, body: bytes) -> None:
        """A final 200: byte for byte the first one."""
        told = self.keys[key]
        told.finals.add(sha256_hex(body))
        if len(told.finals) > 1:
            self.violation("I4", f"{told.path} {key}: another answer ({status})\n{told.tries}")

    def planned(self, key: str, plan: dict[str, Any]) -> None:
        """One key, one export."""
        told = self.keys[key]
        if told.export_id not in {None, plan["exportId"]}:
            self.violation("ONE KEY", f"{key}: {told.export_id} and {plan['exportId']}")
        told.export_id = plan["exportId"]
        self.exports.setdefault(plan["exportId"], Seen())

    def accepted(self, plan: dict[str, Any], key: str) -> None:
        """An execute was answered 200 or 202: it must end without its client."""
        accepted = self.exports[plan["exportId"]].accepted
        accepted.append((plan["plan_revision"], time.monotonic(), key))

    def saw(self, export: dict[str, Any]) -> None:
        """An inspect: later than the one before, the log longer, the documents the same."""
        id_, seen = export["exportId"], self.exports.setdefault(export["exportId"], Seen())
        events = tuple(event["id"] for event in export["events"])
        if export["revision"] < seen.revision:
            self.violation("I11", f"{id_} went from {seen.revision} to {export['revision']}")
        if events[: len(seen.events)] != seen.events:
            self.violation("I8", f"{id_}: events {seen.events} became {events}")
        if [event["sequence"] for event in export["events"]] != list(range(1, len(events) + 1)):
            self.violation("I8", f"{id_}: sequence has gaps")
        seen.revision, seen.events = export["revision"], events
        if export["state"] == "EXECUTED":
            self._executed(id_, seen, export)

    def _executed(self, id_: str, seen: Seen, export: dict[str, Any]) -> None:
        package = export["customs_package"]["id"]
        artifacts = {one["filename"]: one["sha256"] for one in export["artifacts"]}
        if seen.package not in {None, package} or seen.artifacts not in (None, artifacts):
            self.violation("I1", f"{id_}: its package changed")
        if len(artifacts) != 5:  # protocol.md section 5
            self.violation("I1", f"{id_}: {len(artifacts)} artifacts")
        seen.package, seen.artifacts = package, artifacts
        seen.orders = tuple(export["included_order_ids"])

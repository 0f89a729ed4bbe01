"""What the file says laid over what the account has, sent in batches; what became of each."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from shpbndl.errors import SHPBNDLError
from shpbndl.importing.drafts import Draft

Json = dict[str, Any]
Part = TypeVar("Part")

BATCH = 100  # references in one question, records in one sync


class Records(Protocol):
    """Orders or products of the client; what they answer has `data`."""

    def sync(
        self,
        accountId: str,  # noqa: N803  # the published name
        items: Sequence[Mapping[str, object]],
        idempotencyKey: str | None = None,  # noqa: N803  # as above
    ) -> Any: ...  # noqa: ANN401  # its type is that of the records

    def iterate(
        self,
        externalId: str | Sequence[str] | None = None,  # noqa: N803  # the published name
        *,
        limit: int | None = None,
    ) -> Iterator[Any]: ...


class Report(Protocol):
    """What is said of a draft's rows."""

    def tell(self, draft: Draft, what: str, why: str) -> None: ...
    def finding(self, draft: Draft, severity: str, message: str) -> None: ...


class Sender:
    """Sends drafts of one kind; `fields` are those that a request may have."""

    def __init__(
        self, records: Records, fields: Sequence[str], account: str, report: Report, *, dry: bool
    ) -> None:
        self._records = records
        self._fields = fields
        self._account = account
        self._report = report
        self._dry = dry

    def known(self, references: Sequence[str]) -> dict[str, Json]:
        """The records that the account has, by reference."""
        found: dict[str, Json] = {}
        for batch in chunks(references, BATCH):
            rows = self._records.iterate(batch, limit=BATCH)
            found |= {row["externalId"]: row for row in rows}
        return found

    def send(self, drafts: Sequence[Draft]) -> None:
        for batch in chunks(drafts, BATCH):
            known = self.known([draft.reference for draft in batch])
            waiting = [each for each in batch if self._differs(each, known.get(each.reference))]
            if self._dry:
                for draft in waiting:
                    record = known.get(draft.reference)
                    told = ("would update", record["id"]) if record else ("would create", "")
                    self._report.tell(draft, *told)
            elif waiting:
                self._sync(waiting, known)

    def _differs(self, draft: Draft, record: Json | None) -> bool:
        """Completes the draft by the record; false, and told, where they are the same then."""
        mine = {name: (record or {}).get(name) for name in self._fields}
        if "items" in draft.body and "currency" not in draft.body:
            mine["currency"] = None
        old = clean(mine)
        draft.body = clean(laid_over(old, draft.body))
        if record is not None and draft.body == old:
            self._report.tell(draft, "unchanged", record["id"])
            return False
        return True

    def _sync(self, drafts: Sequence[Draft], known: Mapping[str, Json]) -> None:
        """One request; what it refuses is told, and the others are sent without it."""
        try:
            rows = self._request(drafts, known)
        except SHPBNDLError as error:
            for part in self._without(error, drafts):
                self._sync(part, known)
            return
        for draft, row in zip(drafts, rows, strict=True):
            self._report.tell(draft, _became(known.get(draft.reference), row), row["id"])
            for finding in row.get("issues", ()):
                self._report.finding(draft, finding["severity"].lower(), finding["message"])

    def _without(self, error: SHPBNDLError, drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
        """What is left to send: halves where it was too large; raises where nothing is to blame."""
        if error.error_code == "PAYLOAD_TOO_LARGE" and len(drafts) > 1:
            return chunks(drafts, (len(drafts) + 1) // 2)
        refused = _blamed(error, len(drafts))
        if not refused:
            raise error
        for at, why in refused.items():
            self._report.tell(drafts[at], "refused", why)
        rest = [each for at, each in enumerate(drafts) if at not in refused]
        return chunks(rest, len(rest) or 1)

    def _request(self, drafts: Sequence[Draft], known: Mapping[str, Json]) -> list[Json]:
        """The key is of the content and of the revisions under it: a repeat is the same call."""
        items = [draft.body for draft in drafts]
        over = [known.get(draft.reference, {}).get("revision") for draft in drafts]
        text = json.dumps([items, over], sort_keys=True).encode()
        key = f"import-{hashlib.sha256(text).hexdigest()}"
        answered: list[Json] = self._records.sync(self._account, items, key)["data"]
        return answered


def chunks(parts: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    return (parts[at : at + size] for at in range(0, len(parts), size))


def laid_over(record: Mapping[str, Any], body: Mapping[str, Any]) -> Json:
    """The body, and of the record what the body does not speak of: an empty cell erases nothing."""
    merged = dict(record)
    for name, value in body.items():
        old = merged.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[name] = laid_over(old, value)
        else:
            merged[name] = value
    return merged


def clean(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """Without what is null, and each number in one form."""
    if isinstance(value, dict):
        return {name: clean(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [clean(part) for part in value]
    if isinstance(value, float | Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _became(before: Json | None, now: Json) -> str:
    if before is None:
        return "created"
    return "unchanged" if before["revision"] == now["revision"] else "updated"


def _blamed(error: SHPBNDLError, sent: int) -> dict[int, str]:
    """Which of what was sent is refused and why; nothing where it is the request as a whole."""
    found: dict[int, str] = {}
    for issue in error.details.get("issues", ()):
        place = re.fullmatch(r"items\.(\d+)(?:\.(.*))?", issue["path"])
        if place is None or int(place[1]) >= sent:
            return {}
        told = f"{place[2]}: {issue['message']}" if place[2] else issue["message"]
        found[int(place[1])] = "; ".join(filter(None, (found.get(int(place[1])), told)))
    return found

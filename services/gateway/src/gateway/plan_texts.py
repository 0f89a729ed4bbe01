"""What an answer says of a plan: made of the stored view once, then put into answers as bytes."""

from typing import Any, Final, NamedTuple

import orjson

from gateway.money import dump, to_http
from shared.links import rule_page

MOST_BYTES: Final = 4 * 1024 * 1024
_LARGEST: Final = 256 * 1024  # what is larger is made again

Finding = dict[str, Any]


class PlanText(NamedTuple):
    """A plan's fields as JSON, but for what to do next, of which an export has its own word."""

    blocked: bool
    next_action: str
    fields: bytes


def plan_text(stored: bytes) -> PlanText:
    view = orjson.loads(stored)
    found, view["validationMessages"] = view["validationMessages"], None  # not shown twice
    shown = to_http(view) | {"validationMessages": with_pages(found)}
    next_action = shown.pop("next_recommended_action")
    return PlanText(view["readinessState"] == "BLOCKED", next_action, dump(shown))


def with_pages(findings: list[Finding]) -> list[Finding]:
    """Each finding leads to what is said of its rule."""
    return [to_http(found) | {"docs": rule_page(found["rule_id"])} for found in findings]


def joined(*objects: bytes) -> bytes:
    """JSON objects, none of them empty, as one."""
    return b"{%b}" % b",".join(each[1:-1] for each in objects)


class PlanTexts:
    """Those that were asked for last, by the hash of the view: under it they never change."""

    def __init__(self) -> None:
        self._texts: dict[str, PlanText] = {}
        self._bytes = 0

    def known(self, digest: str) -> PlanText | None:
        text = self._texts.pop(digest, None)
        if text is not None:
            self._texts[digest] = text  # the last again
        return text

    def keep(self, digest: str, text: PlanText) -> PlanText:
        """What was made of the view with this hash, remembered."""
        if len(text.fields) <= _LARGEST and digest not in self._texts:
            self._texts[digest] = text
            self._bytes += len(text.fields)
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._texts.pop(next(iter(self._texts))).fields)
        return text

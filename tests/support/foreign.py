"""Bytes of strangers: strategies, and how many of each a run takes (`make fuzz`: many)."""

import json
import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

MANY: Final = bool(os.environ.get("ENTRYGO_FUZZ"))
Test = TypeVar("Test", bound=Callable[..., Any])
Result = TypeVar("Result")
Meant = TypeVar("Meant", bound=Exception)


def tried(test: Test) -> Test:
    few, many = 40, 5_000
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(
        max_examples=many if MANY else few, deadline=None, suppress_health_check=checks
    )(test)


def attempted(work: Callable[[], Result], meant: type[Meant]) -> Result | Meant:
    """What came of it: a value, or the one kind of error that it may raise."""
    try:
        return work()
    except meant as error:
        return error


def utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def texts_of(alphabet: str, most: int = 60) -> st.SearchStrategy[str]:
    """Text that is nearly of a form: of its own characters, with any other now and then."""
    return st.text(st.sampled_from(alphabet) | st.characters(), max_size=most)


ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
# What AMQP's headers may hold, whoever sends them.
HEADER_VALUES: Final = ANYTHING | st.binary(max_size=20) | st.datetimes()


def changed(valid: Any) -> st.SearchStrategy[bytes]:  # a JSON value
    """JSON that is nearly as it must be: one place of it is another value, or the text is cut."""

    @st.composite
    def texts(draw: st.DrawFn) -> bytes:
        value = json.loads(json.dumps(valid))
        place = value
        while isinstance(place, dict | list) and place and draw(st.booleans()):
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key: Any = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or draw(st.booleans()):
                place[key] = draw(ANYTHING)
                break
            place = place[key]
        raw = json.dumps(value).encode("utf-8", "surrogatepass")
        return raw[: draw(st.integers(0, len(raw)))] if draw(st.integers(0, 4)) == 0 else raw

    return texts()

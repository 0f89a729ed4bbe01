"""Canonical JSON: the fast encoder and the RFC's agree on all that the contract lets through."""

import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.canonical import MAX_SAFE_INTEGER, canonical_json, content_hash, sha256_hex

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
basic = st.text(alphabet=st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(basic, inner, max_size=5),
    max_leaves=20,
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # JSON by its making


@given(st.dictionaries(basic, st.integers(0, 9)))
def test_the_order_of_keys_changes_nothing(value: dict[str, int]) -> None:
    assert content_hash(value) == content_hash(dict(reversed(value.items())))


@pytest.mark.parametrize("value", [2**53, -(2**53)])
def test_an_integer_that_some_reader_would_round_is_refused(value: int) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical_json("\ud800")


def test_the_hash_is_that_of_the_bytes() -> None:
    expected = hashlib.sha256(b'{"a":1,"b":[true,null]}').hexdigest()

    assert content_hash({"b": [True, None], "a": 1}) == expected
    assert sha256_hex(b"") == hashlib.sha256(b"").hexdigest()

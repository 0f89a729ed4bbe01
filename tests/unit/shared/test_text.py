"""Text is canonical once, at the edge: what people paste means what they see."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.catalogue import Manufacturer, ProductFact
from shared.contracts.orders import OrderFact
from shared.synced import dump_content
from shared.text import canonical

INVISIBLE = "\u200b\ufeff\u00ad\u202e\u2066\u2069\u00a0\u3000\u3164\u2800 \t"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # a joiner inside a word
LINE = {"productId": "prod_1", "quantity": 1, "unitValueCents": 1}


def a_product(**fields: Any) -> dict[str, Any]:
    content = {"externalId": "P-1", "title": "Mug", **fields}
    return dump_content(ProductFact.model_validate(content))


@given(st.text())
def test_canonical_text_is_canonical_already(text: str) -> None:
    once = canonical(text)

    assert canonical(once) == once
    assert canonical(text, lines=True) == canonical(canonical(text, lines=True), lines=True)


@given(st.text(), st.text(alphabet=INVISIBLE), st.text(alphabet=INVISIBLE))
def test_what_nobody_sees_at_the_ends_changes_nothing(text: str, one: str, other: str) -> None:
    assert canonical(one + text + other) == canonical(text)


@given(st.text(alphabet="e\u0301\u0327oA\u030a", min_size=1))
def test_one_look_is_one_text_however_it_is_composed(text: str) -> None:
    apart, together = unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)

    assert canonical(apart) == canonical(together)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("A-1 ", "A-1"),
        ("a \t\u00a0\u2003 b", "a b"),
        ("a\nb", "a b"),
        ("Shi\u00adrt", "Shirt"),
        ("\u200bShirt\ufeff", "Shirt"),
        (PERSIAN, PERSIAN),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("\u200dword\u200d", "word"),
        ("\u202eevil\u202c", "evil"),
        ("\u3164", ""),
    ],
)  # fmt: skip
def test_text_is_kept_as_it_is_seen(given_text: str, kept: str) -> None:
    assert canonical(given_text) == kept


def test_a_description_keeps_its_line_feeds_and_nothing_else_does() -> None:
    product = a_product(title="Mug\n blue", description=" Mug \n\n blue\t one \n")

    assert product["title"] == "Mug blue"
    assert product["description"] == "Mug\n\nblue one"


@pytest.mark.parametrize(
    ("field", "given_text", "kept"),
    [
        ("countryOfOrigin", " pt ", "PT"),
        ("countryOfOrigin", "P.T.", "PT"),
        ("countryOfOrigin", "p\u00a0t", "PT"),
        ("countryOfOrigin", "China", "China"),
        ("htsCode", "6109.10.00.12\t", "6109.10.00.12"),
        ("htsCode", "6109 10 0012", "6109100012"),
        ("htsCode", "cotton shirts", "cotton shirts"),
    ],
)
def test_a_code_is_upper_case_without_blanks_and_what_is_none_stays(
    field: str, given_text: str, kept: str
) -> None:
    assert a_product(**{field: given_text})[field] == kept


def test_the_codes_of_a_maker_are_codes_too() -> None:
    written = {"country": "c n", "region": "n.y.", "mid": "cn abc 123 sha"}
    written["postalCode"] = "04401 - 1234"
    maker = Manufacturer.model_validate({"name": "M"} | written)

    assert (maker.country, maker.region, maker.mid, maker.postal_code) == (
        "CN", "NY", "CNABC123SHA", "04401-1234",
    )  # fmt: skip


@pytest.mark.parametrize("empty", ["", " ", "\u200b", "\t\n", "\u3164"])
def test_empty_text_is_absent_where_it_may_be_and_too_small_where_not(empty: str) -> None:
    assert "sku" not in a_product(sku=empty)
    assert "pga" not in a_product(pga=None)
    assert a_product(pga={"FDA": {"productCode": empty}, empty: {"a": "b"}})["pga"] == {}
    order = {
        "externalId": "A-1",
        "destinationCountry": "US",
        "destinationRegion": empty,
        "consignee": {"name": "A", "addressLines": ["1 Elm", empty], "phone": empty},
        "items": [LINE],
    }
    kept = dump_content(OrderFact.model_validate(order))
    assert kept["consignee"] == {"name": "A", "addressLines": ["1 Elm"]}
    assert "destinationRegion" not in kept
    with pytest.raises(ValidationError) as error:
        a_product(title=empty)
    assert [found["type"] for found in error.value.errors()] == ["string_too_short"]


def test_control_characters_are_refused_and_not_taken_for_white_space() -> None:
    for letter in "\x00\x0b\x0c\r\x1c\x1f\x7f\x85":
        for text in (f"a{letter}b", letter, f"P{letter}T"):
            with pytest.raises(ValidationError):
                a_product(title=text)
            with pytest.raises(ValidationError):
                a_product(countryOfOrigin=text)


def test_metadata_is_left_alone() -> None:
    product = ProductFact.model_validate(
        {"externalId": "P", "title": "T", "metadata": {" a ": ["", " \u200b"]}}
    )

    assert product.metadata == {" a ": ["", " \u200b"]}

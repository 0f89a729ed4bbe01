"""The flags of partner agencies and AD/CVD cases, held against products of public rulings."""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from planner import rulesets

PRODUCTS = Path(__file__).parents[2] / "data" / "customs" / "products.csv"
RULES = rulesets.load(date(2026, 11, 24))


@dataclass(frozen=True)
class Score:
    right: int
    wrong: list[str]
    missed: list[str]

    def __str__(self) -> str:
        precision = self.right / (self.right + len(self.wrong))
        recall = self.right / (self.right + len(self.missed))
        return f"precision {precision:.1%}, recall {recall:.1%}"


def the_products() -> list[dict[str, str]]:
    with PRODUCTS.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def named(product: dict[str, str], column: str) -> set[str]:
    return {text for text in product[column].split(";") if text}


def agencies(product: dict[str, str]) -> set[str]:
    childrens = product["childrens"] == "true" or None
    return {each.name for each in RULES.agencies_for(product["hts"], childrens=childrens)}


def cases(product: dict[str, str]) -> set[str]:
    found = RULES.duty_cases_for(product["hts"], product["origin"])
    return {case for each in found for case in each.cases.split(", ")}


def scored(found: Iterator[tuple[dict[str, str], set[str], set[str]]]) -> Score:
    right, wrong, missed = 0, [], []
    for product, got, due in found:
        right += len(got & due)
        wrong += [f"{product['ruling']} {flag}" for flag in sorted(got - due)]
        missed += [f"{product['ruling']} {flag}" for flag in sorted(due - got)]
    return Score(right, wrong, missed)


def test_nine_in_ten_agency_flags_on_the_rulings_are_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    score = scored((each, agencies(each), named(each, "agencies")) for each in the_products())

    with capsys.disabled():
        sys.stdout.write(f"\nagency flags on {len(the_products())} rulings: {score}\n")
    assert score.right >= 9 * len(score.wrong), score.wrong
    assert score.right >= 9 * len(score.missed), score.missed


def test_of_the_cases_that_the_rulings_goods_meet_few_are_wrong_and_none_is_missed() -> None:
    score = scored((each, cases(each), named(each, "adcvd")) for each in the_products())

    assert score.missed == []
    assert score.right >= 4 * len(score.wrong), score.wrong


def test_there_are_some_250_products_each_of_its_own_ruling() -> None:
    rulings = [each["ruling"] for each in the_products()]

    assert len(rulings) == len(set(rulings)) >= 250

"""What the goods are, in words that tell: 19 CFR 141.86(a)(3) and CBP's vague-text messages."""

import re
import unicodedata

from planner.domain.facts import Product, ProductContext
from planner.domain.rules.base import Hit, Hits, blocking, law, warning
from planner.domain.ruleset import RuleSet

_FIELD = "products[].description"
_LEAST_LETTERS = 8
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = {"FEMININE", "GREEK", "MASCULINE", "MICRO", "MODIFIER", "SCRIPT"}
_NOT_A_WORD = re.compile(r"[\W_]+")


@blocking(
    "R21",
    reads=_FIELD,
    message="No customs description.",
    remedy="Sync the product with a description: what it is, what it is made of, and its use.",
    source=law("19 CFR 141.86(a)(3), edition of 2002", "2002-04"),
)
def description_missing(product: Product, _given: ProductContext) -> Hits:
    if "description" not in product.content:
        yield Hit()


@warning(
    "R22",
    reads=_FIELD,
    message='The description "{text}" is too vague.',
    remedy="Say what it is, what it is made of and its use, for example: women's pullover, "
    "knitted, 100 % merino wool.",
    source=law("CSMS 60011750: vague cargo descriptions", "2024-04-01"),
)
def description_vague(product: Product, given: ProductContext) -> Hits:
    text, sku = product.content.get("description"), product.content.get("sku", "")
    if text is not None and is_vague(text, sku, given.ruleset):
        yield Hit({"text": text[:100]})


@warning(
    "R90",
    reads=_FIELD,
    message='"{word}" in the description is not in Latin script; an invoice is in English, or has '
    "a translation.",
    remedy="Sync the product with a description in English.",
    source=law("Invoice requirements of 19 CFR 141.86, summary by Omnitrans: in English"),
)
def description_not_latin(product: Product, _given: ProductContext) -> Hits:
    words = _WORD.findall(product.content.get("description", ""))
    foreign = next(filter(_is_foreign, words), None)
    if foreign is not None:
        yield Hit({"word": foreign[:100]})


def _is_foreign(word: str) -> bool:
    """Whether a word is of another script; signs are in Latin text too: µm, nº, one β."""
    names = [unicodedata.name(letter, "") for letter in word]
    others = [name.split(" ")[0] for name in names if "LATIN" not in name]
    return others.count("GREEK") > 1 or not _SIGNS.issuperset(others)


def is_vague(text: str, sku: str, rules: RuleSet) -> bool:
    """Whether a description says too little, by a test that gives the same answer to everyone.

    True when nothing is left of it but general terms and stop words, when it has fewer than
    eight letters, when it is the SKU, or when digits are more than half of it.
    """
    letters, digits = len(_LETTER.findall(text)), len(_DIGIT.findall(text))
    if letters < _LEAST_LETTERS or digits * 2 > len("".join(text.split())):
        return True
    if text.casefold() == sku.casefold():
        return True
    terms, stop_words = rules.lists["vague_terms"], rules.lists["stop_words"]
    rest = f" {' '.join(_NOT_A_WORD.split(text.casefold()))} "
    for term in terms:
        if " " in term:
            rest = rest.replace(f" {term} ", " ")
    return all(word in terms or word in stop_words for word in rest.split())

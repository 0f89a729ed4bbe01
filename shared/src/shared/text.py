"""Text made canonical, once, at the edge: for bodies, queries, messages and the command alike.

Unicode NFC; white space of any kind and characters that nobody sees are trimmed at both ends, and
a run of them inside is one blank. What is empty then is absent. A code (a country, a region, an HTS
number ...) has no blanks inside, no dots where its form has none, and is upper case; what is no
code after that stays as it is, for a rule to find. `metadata` is the caller's own and left alone.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetJsonSchemaHandler, StringConstraints
from pydantic_core import PydanticCustomError

from shared.money import DECIMALS

Value = TypeVar("Value")

# White space, and letters that show nothing: fillers, and the blank of Braille. Control characters
# are neither: they are refused.
_BLANK: Final = re.compile(
    "[ \t\n\u00a0\u115f\u1160\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0]+"
)
_CONTROL: Final = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"  # tab and line feed are allowed
# Format characters that a script needs: joiners, and signs that stand before what they mark.
_NEEDED: Final = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd"
)
_JOINERS: Final = "\u200c\u200d"


def canonical(text: str, *, lines: bool = False) -> str:
    """The text as it is kept and shown; with `lines` it keeps its line feeds."""
    if lines and "\n" in text:
        return "\n".join(canonical(line) for line in text.split("\n")).strip("\n")
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter) != "Cf" or letter in _NEEDED
    )
    words = (word.strip(_JOINERS) for word in _BLANK.split(seen))
    return " ".join(word for word in words if word)


def code(text: str, form: re.Pattern[str]) -> str:
    """The code that the text writes, where it has that form; else the text."""
    if form.fullmatch(text):
        return text
    plain = canonical(text)
    for apart in (" ", ". "):
        squeezed = plain.translate({ord(letter): None for letter in apart}).upper()
        if form.fullmatch(squeezed):
            return squeezed
    return plain


def absent_where_empty(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    return None if _empty(value) else value


def _empty(value: object) -> bool:
    if not isinstance(value, str) or "!" <= value[:1] <= "~":  # begins with something to see
        return False
    return not canonical(value)


def without_empty(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """A list or an object without the texts in it that say nothing."""
    if isinstance(value, list | tuple):
        return tuple(part for part in value if not _empty(part))  # a tuple, as strict contracts ask
    if isinstance(value, Mapping):
        kept = {key: without_empty(part) for key, part in value.items() if not _empty(key)}
        return {key: part for key, part in kept.items() if part != {} and not _empty(part)}
    return value


def _made(make: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: make(value) if isinstance(value, str) else value)


def _code(form: str) -> BeforeValidator:
    compiled = re.compile(form)
    return _made(lambda text: code(text, compiled))


def _known(currency: str) -> str:
    if currency not in DECIMALS:
        raise PydanticCustomError("invalid_enum_value", "Expected a currency of ISO 4217")
    return currency


CANONICAL: Final = _made(canonical)
_LINES: Final = _made(lambda text: canonical(text, lines=True))

Text = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_CONTROL), CANONICAL]
LongText = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000, pattern=_CONTROL), _LINES
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=_CONTROL), CANONICAL]
# Codes that must be codes, and codes of which a rule says what is wrong with them.
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$"), _code("[A-Z]{2}")]
Port = Annotated[str, StringConstraints(pattern="^[0-9]{4}$"), _code("[0-9]{4}")]
Currency = Annotated[
    str, StringConstraints(pattern="^[A-Z]{3}$"), _code("[A-Z]{3}"), AfterValidator(_known)
]
Incoterm = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$"), _code("[A-Z]{3}")]
CountryText = Annotated[Text, _code("[A-Z]{2}")]
Region = Annotated[Text, _code("[A-Z]{1,3}")]
PostalCode = Annotated[Text, _code("[0-9]{5}(-?[0-9]{4})?")]
HtsNumber = Annotated[Text, _code("[0-9.-]{4,20}")]
Mid = Annotated[Text, _code("[A-Z]{2}[A-Z0-9]{3,13}")]


class EmptyIsTaken:
    """Says in the schema of what is taken that a text may be empty, since it then is absent."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> Any:  # noqa: ANN401  # pydantic's protocol
        schema = handler(core)
        if handler.mode == "validation":
            _allow_empty(schema)
        return schema


def _allow_empty(schema: Any) -> None:  # noqa: ANN401  # any JSON value
    if isinstance(schema, dict):
        schema.pop("minLength", None)
        if isinstance(form := schema.get("pattern"), str) and not re.match(form, ""):
            schema["pattern"] = f"^({form.strip('^$')})?$"
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, dict | list):
            _allow_empty(part)


Maybe = Annotated[Value | None, BeforeValidator(absent_where_empty), EmptyIsTaken]
Lines = Annotated[tuple[Text, ...], BeforeValidator(without_empty), EmptyIsTaken]

"""What can be set on accounts, warehouses and brokers: one row an option, for create and update."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Annotated, Any

import typer

from shared.contracts.parties import Grouping, TransportMode


@dataclass(frozen=True)
class Setting:
    """`--flag`, the path it sets in the content, its help and the type of its value."""

    flag: str
    path: str
    help: str
    type: Any = str

    @property
    def name(self) -> str:
        return self.flag.removeprefix("--").split("/")[0].replace("-", "_")


def cents(text: str) -> int:
    """`2.50` as 250.

    Raises:
        typer.BadParameter: for what is no amount of dollars and cents.
    """
    try:
        amount = Decimal(text) * 100
        whole = int(amount)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is no amount in USD") from error
    if whole != amount or whole < 0:
        raise typer.BadParameter(f"{text!r} is no amount in USD with at most two decimals")
    return whole


def _address(flag: str, path: str, whose: str) -> tuple[Setting, ...]:
    return (
        Setting(f"--{flag}address", f"{path}.addressLines", f"{whose} street; repeatable.", list),
        Setting(f"--{flag}city", f"{path}.city", f"{whose} city."),
        Setting(f"--{flag}region", f"{path}.region", f"{whose} state or province."),
        Setting(f"--{flag}postal-code", f"{path}.postalCode", f"{whose} postal code."),
    )


ACCOUNT: tuple[Setting, ...] = (
    Setting("--exporter-name", "exporter.name", "Exporter: legal name."),
    *_address("exporter-", "exporter.address", "Exporter:"),
    Setting("--exporter-country", "exporter.address.country", "Exporter: country, two letters."),
    Setting("--importer-name", "importerOfRecord.name", "Importer of record: legal name."),
    *_address("importer-", "importerOfRecord.address", "Importer of record:"),
    Setting("--importer-country", "importerOfRecord.address.country", "Importer's country."),
    Setting("--importer-number", "importerOfRecord.number", "EIN or CBP-assigned number."),
    Setting("--bond", "importerOfRecord.bond", "Customs bond: number or reference."),
    Setting(
        "--power-of-attorney/--no-power-of-attorney",
        "importerOfRecord.powerOfAttorney",
        "Whether the broker holds a power of attorney.",
        bool,
    ),
    Setting("--employee-name", "responsibleEmployee.name", "Employee who knows the deal."),
    Setting("--employee-title", "responsibleEmployee.title", "Responsible employee: title."),
    Setting("--employee-phone", "responsibleEmployee.phone", "Responsible employee: phone."),
    Setting("--employee-email", "responsibleEmployee.email", "Responsible employee: e-mail."),
    Setting(
        "--related-parties/--no-related-parties",
        "relatedParties",
        "Whether seller and buyer are related.",
        bool,
    ),
    Setting("--assists", "assists", "Assists: what the buyer supplied, or `none`."),
    Setting("--grouping", "grouping", "How orders become entries.", Grouping),
    Setting("--formal-always/--no-formal-always", "formalAlways", "Formal entry always.", bool),
    Setting(
        "--value-floor", "valueFloorCents", "USD a piece under which a value is doubted.", cents
    ),
    Setting("--deny-hts", "deniedHtsPrefixes", "HTS prefix not shipped; repeatable.", list),
)

WAREHOUSE: tuple[Setting, ...] = (
    Setting("--country", "country", "Country, two letters."),
    *_address("", "address", "Warehouse:"),
    Setting("--address-country", "address.country", "Only where it is not --country."),
    Setting("--email", "email", "Where the warehouse is notified."),
    Setting("--port-of-entry", "shipmentDefaults.portOfEntry", "CBP port, four digits."),
    Setting("--transport-mode", "shipmentDefaults.transportMode", "Mode.", TransportMode),
    Setting("--carrier", "shipmentDefaults.carrier", "Carrier."),
    Setting("--incoterm", "shipmentDefaults.incoterm", "Incoterm, three letters."),
)

BROKER: tuple[Setting, ...] = (
    Setting("--email", "email", "Where the customs package goes."),
    Setting("--phone", "phone", "Telephone."),
    Setting("--filer-code", "filerCode", "CBP filer code, three characters."),
    Setting(
        "--completes-classification/--no-completes-classification",
        "completesClassification",
        "Whether the broker completes six- and eight-digit HTS codes.",
        bool,
    ),
)

NAME = Setting("--name", "name", "Name.")


def taking(
    settings: Sequence[Setting], command: Callable[..., None], *, required: Sequence[str] = ()
) -> Callable[..., None]:
    """The command with these settings as options; what is given arrives as `given`, by path."""
    paths = {setting.name: setting.path for setting in settings}

    def parsed(**arguments: Any) -> None:  # noqa: ANN401  # what typer read
        named = {name: arguments.pop(name) for name in paths}
        command(**arguments, given=_given(paths, named))

    own = inspect.signature(command).parameters.values()
    kept = [parameter for parameter in own if parameter.name != "given"]
    made = [_parameter(setting, required=setting.flag in required) for setting in settings]
    # typer reads the command line from the signature, so it is made from the table.
    parsed.__signature__ = inspect.Signature([*kept, *made])  # type: ignore[attr-defined]  # as inspect documents it
    parsed.__annotations__ = {one.name: one.annotation for one in [*kept, *made]}
    parsed.__doc__ = command.__doc__
    return parsed


def _parameter(setting: Setting, *, required: bool) -> inspect.Parameter:
    extra: dict[str, Any] = {}
    kind: Any = setting.type
    if not isinstance(kind, type):
        extra, kind = {"parser": kind, "metavar": "USD"}, str
    annotated = list[str] if kind is list else kind
    return inspect.Parameter(
        setting.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[
            annotated if required else annotated | None,
            typer.Option(setting.flag, help=setting.help, **extra),
        ],
    )


def _given(paths: Mapping[str, str], named: Mapping[str, Any]) -> dict[str, Any]:
    return {
        paths[name]: value.value if isinstance(value, Enum) else value
        for name, value in named.items()
        if value is not None and value != []
    }

"""What can be set on accounts, warehouses and brokers: one row an option, for create and update."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from shared.contracts.parties import Grouping, TransportMode

AnyAccount = Annotated[str | None, typer.Option("--account", help="Only this account's.")]


@dataclass(frozen=True)
class Setting:
    """`--flag`, the path it sets in the content, its help and the type of its value."""

    flag: str
    path: str
    help: str
    type: Any = str
    parser: Callable[[str], Any] | None = None

    @property
    def name(self) -> str:
        return self.flag.removeprefix("--").replace("-", "_")

    @property
    def option(self) -> str:
        """As it is typed; a flag has its opposite."""
        opposite = self.flag.replace("--", "/--no-", 1)
        return self.flag + opposite if self.type is bool else self.flag


def usd(text: str) -> int:
    """`2.50` as 250 cents; the name is what help calls the value.

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


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """`30s`, `10m`, `2h` or `7d`.

    Raises:
        typer.BadParameter: for anything else.
    """
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found:
        raise typer.BadParameter(f"{text!r} is no duration; write 30s, 10m, 2h or 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _address(flag: str, path: str, whose: str) -> tuple[Setting, ...]:
    return (
        Setting(
            f"--{flag}address", f"{path}.addressLines", f"{whose} street; repeatable.", list[str]
        ),
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
        "--power-of-attorney", "importerOfRecord.powerOfAttorney", "The broker holds one.", bool
    ),
    Setting("--employee-name", "responsibleEmployee.name", "Employee who knows the deal."),
    Setting("--employee-title", "responsibleEmployee.title", "Responsible employee: title."),
    Setting("--employee-phone", "responsibleEmployee.phone", "Responsible employee: phone."),
    Setting("--employee-email", "responsibleEmployee.email", "Responsible employee: e-mail."),
    Setting("--related-parties", "relatedParties", "Seller and buyer are related.", bool),
    Setting("--assists", "assists", "Assists: what the buyer supplied, or `none`."),
    Setting("--grouping", "grouping", "How orders become entries.", Grouping),
    Setting("--formal-always", "formalAlways", "Formal entry always.", bool),
    Setting("--value-floor", "valueFloorCents", "A lower value a piece is doubted.", parser=usd),
    Setting("--deny-hts", "deniedHtsPrefixes", "HTS prefix not shipped; repeatable.", list[str]),
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
        "--completes-classification", "completesClassification", "Completes short codes.", bool
    ),
    Setting("--attach-pdf", "attach.invoicePdf", "Its mails carry each entry's PDF.", bool),
    Setting("--attach-entry-lines", "attach.entryLines", "Its mails carry entry_lines.csv.", bool),
)

NAME = Setting("--name", "name", "Name.")

"""The one invented exporter of the tests: Maple Basics of Toronto, its partners, goods and orders.

Facts as the store and the messages hold them: cents, grams, hundredths. `http` shows one as the
HTTP API takes it; a contract's `model_validate` makes it part of a message; a snapshot has it as it
is (`snapshots.py`, `planning.py`).
"""

from collections.abc import Mapping
from typing import Any

ADDRESS = {
    "addressLines": ["480 King Street West", "Suite 300"],
    "city": "Toronto",
    "region": "ON",
    "postalCode": "M5V 1L7",
    "country": "CA",
}
ACCOUNT: dict[str, Any] = {
    "name": "Maple Basics",
    "test": False,
    "exporter": {"name": "Maple Basics Trading Ltd.", "address": ADDRESS},
    "importerOfRecord": {
        "name": "Maple Basics Trading Ltd.",
        "address": ADDRESS,
        "number": "123456-78901",
        "bond": "SB-2026-118",
        "powerOfAttorney": True,
    },
    "responsibleEmployee": {
        "name": "Renée Tremblay",
        "title": "Customs compliance manager",
        "phone": "+1 416 555 0101",
        "email": "renee.tremblay@maple.example",
    },
    "relatedParties": False,
    "assists": "none",
    "grouping": "CONSOLIDATED_IOR",
    "valueFloorCents": 100,
}
WAREHOUSE: dict[str, Any] = {
    "name": "Toronto fulfilment centre",
    "country": "CA",
    "address": {
        "addressLines": ["6900 Airport Road, Dock 12"],
        "city": "Mississauga",
        "region": "ON",
        "postalCode": "L4V 1E8",
        "country": "CA",
    },
    "email": "dock@toronto.example",
}
BROKER: dict[str, Any] = {
    "name": "Niagara Customs Brokers Inc.",
    "email": "entries@niagara.example",
    "phone": "+1 716 555 0177",
    "filerCode": "NCB",
    "completesClassification": False,
}
SHIPMENT_DEFAULTS = {
    "portOfEntry": "0901",
    "transportMode": "TRUCK",
    "carrier": "Northway Freight",
    "incoterm": "DDP",
}
SHIPMENT: dict[str, Any] = SHIPMENT_DEFAULTS | {
    "paps": "NWAY0012345",
    "eta": "2026-11-25T14:00:00.000Z",
    "exportDate": "2026-11-25",
    "packages": [{"kind": "CARTON", "count": 4, "grossWeightGrams": 9_600}],
    "charges": [
        {"name": "Freight", "amountCents": 12_450, "includedInPrice": False},
        {"name": "Insurance", "amountCents": 1_801, "includedInPrice": True},
    ],
}

# A textile of its own make, with all that its entry asks for.
SWEATER: dict[str, Any] = {
    "externalId": "SW-1",
    "sku": "SW-1",
    "title": "Sweater",
    "description": "Women's knitted pullover of 100 percent wool, for everyday wear",
    "htsCode": "6110.11.0030",
    "countryOfOrigin": "CA",
    "unitValueCents": 8_000,
    "weightGrams": 450,
    "materials": [{"name": "wool", "percentHundredths": 10_000}],
    "manufacturer": {"name": "Maple Basics Trading Ltd."} | ADDRESS,
    "adcvdCase": "none",
    "pga": {"cpsc": {"certificate": "GCC-2026-1"}},
}
# From China, where the law asks most.
TEE: dict[str, Any] = {
    "externalId": "TEE-BLK-M",
    "sku": "TEE-BLK-M",
    "title": "Maple Basics Tee",
    "description": "Men's knitted T-shirt, short sleeves, crew neck, for casual wear",
    "htsCode": "6109.10.0012",
    "countryOfOrigin": "CN",
    "weightGrams": 180,
    "materials": [{"name": "cotton", "percentHundredths": 10_000}],
    "manufacturer": {
        "name": "Shenzhen Textile Works",
        "addressLines": ["1234 Binhai Avenue"],
        "city": "Shenzhen",
        "postalCode": "518000",
        "country": "CN",
        "mid": "CNSHETEX1234SHE",
    },
    "adcvdCase": "none",
}
# Nothing is asked of it, so that a rule's case spoils one thing.
BOOK: dict[str, Any] = {
    "externalId": "book",
    "sku": "BK-1",
    "title": "A Walk in the Woods",
    "description": "Printed paperback book about hiking, for reading",
    "htsCode": "4901.99.0093",
    "countryOfOrigin": "GB",
    "unitValueCents": 2_000,
    "weightGrams": 400,
    "manufacturer": {
        "name": "Print House",
        "addressLines": ["4 Mill Road"],
        "city": "Leeds",
        "country": "GB",
        "postalCode": "LS1 1AA",
    },
}
CONSIGNEE: dict[str, Any] = {
    "name": "Jordan Alvarez",
    "addressLines": ["221 Elm Street", "Apt 4"],
    "city": "Buffalo",
    "phone": "+1 716 555 0134",
}
# To be given its lines.
ORDER: dict[str, Any] = {
    "externalId": "A-1001",
    "destinationCountry": "US",
    "destinationRegion": "NY",
    "destinationPostalCode": "14201",
    "consignee": CONSIGNEE,
}


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the changes; None takes a field away, an object is merged into an object."""
    result = dict(base)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def http(fact: Any) -> Any:  # JSON
    """With dollars and percents, as a request has it."""
    if isinstance(fact, Mapping):
        return dict(_shown(name, value) for name, value in fact.items())
    return [http(part) for part in fact] if isinstance(fact, list) else fact


def _shown(name: str, value: Any) -> tuple[str, Any]:
    for ending, shown in (("Cents", "Usd"), ("Hundredths", "")):
        if name.endswith(ending):
            return name.removesuffix(ending) + shown, value / 100
    return name, http(value)

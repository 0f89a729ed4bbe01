"""What `account create --test` makes: all that a plan asks for, and a broker for each outcome."""

from collections.abc import Mapping
from typing import Any, Final

from entrygo_operator.parties import ACCOUNT, BROKER, WAREHOUSE, create, view
from shared.simulator import Simulated
from shared.store import Store

_ADDRESS: Final = {
    "addressLines": ["9 Harbour Road"],
    "city": "Saint John",
    "region": "NB",
    "postalCode": "E2L 4Z6",
    "country": "CA",
}
_ACCOUNT: Final = {
    **{f"exporter.address.{name}": value for name, value in _ADDRESS.items()},
    **{f"importerOfRecord.address.{name}": value for name, value in _ADDRESS.items()},
    "importerOfRecord.number": "261234-00001",
    "importerOfRecord.bond": "TEST-BOND",
    "importerOfRecord.powerOfAttorney": True,
    "responsibleEmployee.name": "Sam Sample",
    "responsibleEmployee.title": "Export desk",
    "responsibleEmployee.phone": "+1 506 555 0100",
    "relatedParties": False,
    "assists": "none",
}
_WAREHOUSE: Final = {
    "name": "Test warehouse",
    "country": "CA",
    "address": _ADDRESS,
    "email": Simulated.SENT.address,
    "shipmentDefaults": {
        "portOfEntry": "0115",
        "transportMode": "TRUCK",
        "carrier": "Test Freight",
        "incoterm": "DDP",
    },
}


async def make(store: Store, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The account as it is shown, with its warehouse and brokers; made again it is the same.

    What is given goes before what is made up; typed again after a crash, it makes the rest.
    """
    named = {"exporter.name": name, "importerOfRecord.name": name}
    content = {"name": name, "test": True, **named, **_ACCOUNT, **given}
    account = await create(store, ACCOUNT, content)
    owner = account["_id"]
    warehouse = await create(store, WAREHOUSE, _WAREHOUSE, account_id=owner)
    brokers = [
        await create(store, BROKER, _broker(outcome), account_id=owner) for outcome in Simulated
    ]
    return view(account) | {"warehouses": [view(warehouse)], "brokers": list(map(view, brokers))}


def _broker(outcome: Simulated) -> dict[str, Any]:
    return {
        "name": f"Simulator: {outcome}",
        "email": outcome.address,
        "filerCode": "TST",
    }

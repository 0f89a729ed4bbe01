"""What `account create --test` makes: all that a plan asks for, and a broker for each outcome."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import orjson

from entrygo_operator.parties import ACCOUNT, BROKER, WAREHOUSE, create, view
from shared.simulator import Simulated
from shared.store import Store


async def make(store: Store, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The account as it is shown, with its warehouse and brokers; made again it is the same.

    What is given goes before what is made up; typed again after a crash, it makes the rest.
    """
    made_up = orjson.loads(files(__package__).joinpath("trial.json").read_bytes())
    named = {"name": name, "exporter.name": name, "importerOfRecord.name": name}
    account = await create(store, ACCOUNT, made_up["account"] | named | given)
    owner = account["_id"]
    warehouse = await create(store, WAREHOUSE, made_up["warehouse"], account_id=owner)
    brokers = [
        await create(store, BROKER, _broker(outcome), account_id=owner) for outcome in Simulated
    ]
    return view(account) | {"warehouses": [view(warehouse)], "brokers": list(map(view, brokers))}


def _broker(outcome: Simulated) -> dict[str, Any]:
    return {"name": f"Simulator: {outcome}", "email": outcome.address, "filerCode": "TST"}

"""The exporter of the demo, set up as an operator would: a test account and its partners."""

from typing import Any, NamedTuple

from examples.surroundings import Operator, title, told


class Parties(NamedTuple):
    account: str
    warehouse: str
    broker: str
    key: str

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "accountId": self.account,
            "warehouseId": self.warehouse,
            "brokerId": self.broker,
        }


def set_up(operator: Operator, run_id: str) -> Parties:
    title(1, "An operator sets up an exporter")
    account = operator(
        *("account", "create", f"Fog & Fathom Trading Ltd. ({run_id})", "--test"),
        *("--exporter-name", "Fog & Fathom Trading Ltd."),
        *("--exporter-address", "12 Quay Street", "--exporter-city", "Lunenburg"),
        *("--exporter-region", "NS", "--exporter-postal-code", "B0J 2C0"),
        *("--exporter-country", "CA", "--importer-name", "Fog & Fathom Trading Ltd."),
        *("--importer-address", "12 Quay Street", "--importer-city", "Lunenburg"),
        *("--importer-region", "NS", "--importer-postal-code", "B0J 2C0"),
        *("--importer-country", "CA", "--importer-number", "261234-56789"),
        *("--bond", "CB-2026-0417", "--power-of-attorney", "--no-related-parties"),
        *("--assists", "none", "--employee-name", "Maren Whitlock"),
        *("--employee-title", "Export compliance", "--employee-phone", "+1 902 555 0140"),
        *("--employee-email", "maren.whitlock@fogandfathom.example"),
    )["id"]
    warehouse = operator(
        *("warehouse", "create", "--account", account, "--name", "Halifax fulfilment"),
        *("--country", "CA", "--address", "240 Terminal Road, Halifax, NS B3K 1A1"),
        *("--email", f"dock-{run_id}@halifax-fulfilment.example", "--port-of-entry", "0115"),
        *("--transport-mode", "TRUCK", "--carrier", "Fundy Freight", "--incoterm", "DDP"),
    )["id"]
    broker = operator(
        *("broker", "create", "--account", account, "--name", "Niagara Customs Brokers Inc."),
        *("--filer-code", "NCB"),
    )["id"]
    key = operator("key", "create", "--account", account)["key"]
    told(f"account {account}\n   warehouse {warehouse}\n   broker {broker}, without an e-mail yet")
    return Parties(account, warehouse, broker, key)

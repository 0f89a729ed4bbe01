"""`shpbndl import` on files as shops export them, before an API of a few lines."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from shpbndl import SHPBNDL, cli

SHOPIFY = (
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Total,Discount Code,Discount Amount,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem requires shipping,"
    "Shipping Name,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Cancelled at,Id\n"
)
JORDAN = "Jordan Alvarez,221 Elm Street,,,Buffalo,'04401,ME,US,+1 207 555 0101"
ONE = (
    "#1001,j@example.com,paid,USD,49.00,5.00,54.00,,0.00,2,Atlas,24.50,BK-ATLAS,true,"
    f"{JORDAN},,,1\n"
)
MORE = "#1001,j@example.com,,,,,,,,1,Mug,9.90,MUG,true,,,,,,,,,,,,\n"
INVENTORY = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Location,On hand (current)\n"
    "atlas,Road Atlas,Title,Default Title,BK-ATLAS,4901.99.00.93,CA,Halifax,4\n"
    "atlas,Road Atlas,Title,Default Title,BK-ATLAS,4901.99.00.93,CA,Boston,2\n"
    "mug,Mug,Title,Default Title,MUG,,,Halifax,1\n"
    "hat,Hat,Title,Default Title,HAT,6505.00,CA,Halifax,1\n"
)


class Account:
    """Keeps what is synced, raises revisions by what changes, and knows a wrong country."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, dict[str, Any]]] = {"orders": {}, "products": {}}
        self.writes: list[tuple[str, list[str]]] = []
        self.keys: list[str] = []
        self.issues: list[dict[str, str]] = []

    def has(self, kind: str, **record: Any) -> None:
        name = record["externalId"]
        known = {"id": f"{kind[:4]}_{name}", "revision": 1, "updatedAt": "2026-11-30"}
        self.kept[kind][name] = {"sku": None, **known, **record}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        _, _, kind, *rest = request.url.path.split("/")
        if kind == "account":
            return httpx2.Response(200, json={"id": "acc_1"})
        kept = self.kept[kind]
        if rest == ["sync"]:
            return self._sync(kind, request)
        names = request.url.params.get_list("externalId") or kept
        rows = [kept[name] for name in names if name in kept]
        return httpx2.Response(200, json={"data": rows, "next_cursor": None})

    def _sync(self, kind: str, request: httpx2.Request) -> httpx2.Response:
        items = json.loads(request.content)["items"]
        wrong = [at for at, item in enumerate(items) if item.get("destinationCountry") == "USA"]
        if wrong:
            issues = [
                {"path": f"items.{at}.destinationCountry", "message": "Two letters.", "code": "x"}
                for at in wrong
            ]
            body = {"errorCode": "VALIDATION_ERROR", "message": "", "details": {"issues": issues}}
            return httpx2.Response(400, json=body)
        self.writes.append((kind, [item["externalId"] for item in items]))
        self.keys.append(request.headers["Idempotency-Key"])
        rows = []
        for item in items:
            old = self.kept[kind].get(item["externalId"], {"revision": 0})
            same = {k: old.get(k) for k in item} == item
            self.has(kind, **item)
            self.kept[kind][item["externalId"]]["revision"] = old["revision"] + (not same)
            rows.append(self.kept[kind][item["externalId"]] | {"issues": self.issues})
        return httpx2.Response(200, json={"data": rows})


class Typed:
    """The command in a folder of its own: files by their names, and what it says."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.account = Account()
        self._folder = folder
        self._capsys = capsys
        transport = httpx2.MockTransport(self.account)
        monkeypatch.setattr(cli, "SHPBNDL", lambda *words: SHPBNDL(*words, transport=transport))
        monkeypatch.chdir(folder)
        monkeypatch.setenv("ENTRYGO_API_KEY", "shpbndl_test_x")

    def file(self, name: str, text: str | bytes) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        (self._folder / name).write_bytes(content)

    def __call__(self, *words: str, map: str = "shopify") -> tuple[int, str]:  # noqa: A002  # the option
        code = cli.main(["import", "orders.csv", "--map", map, *words])
        told = self._capsys.readouterr()
        return code, told.out + told.err

    @property
    def orders(self) -> dict[str, dict[str, Any]]:
        return self.account.kept["orders"]


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    made = Typed(tmp_path, monkeypatch, capsys)
    made.file("orders.csv", SHOPIFY + ONE)
    made.file("inventory.csv", INVENTORY)
    return made


def test_rows_of_one_order_are_one_order_with_the_products_it_needs(typed: Typed) -> None:
    rows = ONE.replace("49.00,5.00", "58.90,5.00") + MORE
    typed.file("orders.csv", SHOPIFY + rows)

    code, said = typed("--products", "inventory.csv")

    assert code == 0, said
    assert typed.account.writes == [("products", ["BK-ATLAS", "MUG"]), ("orders", ["#1001"])]
    order = typed.orders["#1001"]
    assert order["items"] == [
        {"productId": "prod_BK-ATLAS", "quantity": 2, "unitValueUsd": 24.5},
        {"productId": "prod_MUG", "quantity": 1, "unitValueUsd": 9.9},
    ]
    assert order["consignee"] == {
        "name": "Jordan Alvarez", "addressLines": ["221 Elm Street"], "city": "Buffalo",
        "phone": "+1 207 555 0101", "email": "j@example.com",
    }  # fmt: skip
    assert (order["destinationRegion"], order["destinationPostalCode"]) == ("ME", "04401")
    assert order["charges"] == [{"name": "Shipping", "amount": 5, "includedInPrice": False}]
    assert typed.account.kept["products"]["BK-ATLAS"]["htsCode"] == "4901.99.00.93"
    assert "row 2-3\tcreated\t#1001" in said


def test_a_repeat_sends_nothing_and_a_try_again_after_a_crash_sends_the_same_key(
    typed: Typed,
) -> None:
    typed("--products", "inventory.csv")
    first = list(typed.account.keys)
    code, said = typed("--products", "inventory.csv")
    assert (code, typed.account.keys) == (0, first)
    assert "row 2\tunchanged\t#1001" in said

    typed.account.kept = {"orders": {}, "products": {}}  # as if the answer had been lost
    typed("--products", "inventory.csv")

    assert typed.account.keys == [*first, *first]


def test_what_another_hand_changed_is_set_again_under_another_key(typed: Typed) -> None:
    typed("--products", "inventory.csv")
    typed.orders["#1001"] |= {"destinationRegion": "NY", "revision": 2}

    typed()

    assert typed.orders["#1001"]["destinationRegion"] == "ME"
    assert len(set(typed.account.keys)) == 3


def test_a_dry_run_writes_nothing_and_says_what_would_be(typed: Typed) -> None:
    typed.account.has("products", externalId="BK-ATLAS", title="Atlas")

    code, said = typed("--products", "inventory.csv", "--dry-run")

    assert (code, typed.account.writes) == (0, [])
    assert "would update\tBK-ATLAS" in said
    assert "would create\t#1001" in said


def test_an_empty_cell_erases_nothing(typed: Typed) -> None:
    maker = {"name": "Press", "country": "CA"}
    typed.account.has("products", externalId="MUG", title="Old", htsCode="6912", manufacturer=maker)
    typed.account.has(
        "orders", externalId="#1001", incoterm="DAP", consignee={"name": "J", "taxId": "1"}
    )
    typed.file("orders.csv", SHOPIFY + ONE.replace("BK-ATLAS", "MUG").replace("Buffalo", ""))

    code, said = typed("--products", "inventory.csv")

    assert code == 0, said
    mug = typed.account.kept["products"]["MUG"]
    assert (mug["title"], mug["htsCode"], mug["manufacturer"]) == ("Mug", "6912", maker)
    order = typed.orders["#1001"]
    assert (order["incoterm"], order["consignee"]["taxId"]) == ("DAP", "1")
    assert order["consignee"]["name"] == "Jordan Alvarez"


def test_what_the_rules_find_in_a_product_is_told_by_its_rows(typed: Typed) -> None:
    typed.account.issues = [{"severity": "BLOCKING", "message": "No tariff number."}]

    code, said = typed("--products", "inventory.csv")

    assert code == 0
    assert "row 2-3\tblocking\tBK-ATLAS\tNo tariff number." in said
    assert said.endswith("inventory.csv: 1 created; orders.csv: 1 created\n")


def test_a_reference_is_taken_as_the_api_keeps_it(typed: Typed) -> None:
    typed.account.has("products", externalId="BK-ATLAS", title="Atlas")
    typed.account.has("orders", externalId="Caf\xe9 1", incoterm="DAP")
    typed.file("orders.csv", SHOPIFY + ONE.replace("#1001", "\u200bCafe\u0301  1"))

    code, said = typed()

    assert code == 0, said
    assert list(typed.orders) == ["Caf\xe9 1"]
    assert typed.orders["Caf\xe9 1"]["incoterm"] == "DAP"


def test_no_cell_breaks_the_report_or_makes_a_terminal_do_something(typed: Typed) -> None:
    typed.file(
        "orders.csv", SHOPIFY + ONE.replace("#1001", '"#1001\x1b[2J\nrow 9"').replace(",US,", ",,")
    )

    _, said = typed()

    assert "\x1b" not in said
    assert "\nrow 9" not in said
    assert "#1001\ufffd[2J" in said


def test_without_a_key_nothing_is_asked(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTRYGO_API_KEY")

    code, said = typed()

    assert (code, "ENTRYGO_API_KEY" in said) == (2, True)


def test_a_product_is_found_by_its_own_sku_where_its_reference_is_another(typed: Typed) -> None:
    typed.account.has("products", externalId="P-9", sku="BK-ATLAS", title="Atlas")

    code, said = typed()

    assert code == 0, said
    assert typed.orders["#1001"]["items"][0]["productId"] == "prod_P-9"


def test_another_currency_is_sent_as_it_is(typed: Typed) -> None:
    typed.account.has("products", externalId="BK-ATLAS", title="Atlas")
    typed.file("orders.csv", SHOPIFY + ONE.replace(",USD,", ",CAD,"))

    typed()

    order = typed.orders["#1001"]
    assert order["currency"] == "CAD"
    assert order["items"][0]["unitValue"] == 24.5
    assert "unitValueUsd" not in order["items"][0]


def test_a_discount_is_what_the_lines_come_to_above_what_was_paid_for_them(typed: Typed) -> None:
    typed.account.has("products", externalId="BK-ATLAS", title="Atlas")
    typed.file("orders.csv", SHOPIFY + ONE.replace("USD,49.00", "USD,44.10"))

    typed()

    assert typed.orders["#1001"]["discounts"] == [{"name": "Discount", "amount": 4.9}]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (ONE.replace("24.50", '"1,234"'), "row 2\trefused\t#1001\tLineitem price: '1,234' is"),
        (ONE.replace("24.50", "24.505"), "row 2\trefused\t#1001\tLineitem price"),
        (ONE.replace("24.50", "$24"), "'$24' is no amount"),
        (ONE.replace("24.50", ""), "the line has no price"),
        (ONE.replace(",2,Atlas", ",2.5,Atlas"), "'2.5' is no whole number"),
        (ONE.replace("BK-ATLAS", ""), "the line 'Atlas' has no SKU"),
        (ONE.replace("BK-ATLAS", "1.23E+11"), "a spreadsheet made a number of it"),
        (ONE.replace("BK-ATLAS", "NEW-1"), "SKU NEW-1 is no product"),
        (ONE.replace("#1001", ""), "has no order's reference (Name)"),
        (ONE.replace("#1001", "#" * 256), "is longer than 255"),
        (ONE.replace("BK-ATLAS", "B" * 256), "Lineitem sku: 'BBBB"),
        (ONE.replace(",USD,", ",,"), "no column says the currency"),
        (ONE.replace("USD,49.00", "USD,59.00"), "the lines come to 49.00, the subtotal is 59.00"),
        (ONE + ONE.replace("'04401", "04402"), "row 3\trefused\t#1001\tShipping Zip is"),
        (ONE.rstrip("\n") + ",x,y\n", "has 2 cells more than the header"),
        (ONE.replace("Jordan Alvarez", ""), "the consignee has no name"),
        (ONE.replace(",US,", ",USA,"), "destinationCountry: Two letters."),
        (ONE.replace(",paid,", ",Partially_Refunded,"), "is 'Partially_Refunded': what was sent?"),
    ],
)  # fmt: skip
def test_a_row_in_doubt_is_refused_with_its_reason_and_the_others_go(
    typed: Typed, rows: str, told: str
) -> None:
    typed.account.has("products", externalId="BK-ATLAS", title="Atlas")
    typed.file("orders.csv", SHOPIFY + rows + ONE.replace("#1001", "#1002"))

    code, said = typed()

    assert code == 1
    assert told in said
    assert list(typed.orders) == ["#1002"]


@pytest.mark.parametrize(
    ("cell", "told"), [(",paid,", "Financial Status is 'refunded'"), (",,1\n", "Cancelled at is")]
)
def test_what_was_cancelled_or_refunded_is_left_out_and_said(
    typed: Typed, cell: str, told: str
) -> None:
    other = {",paid,": ",refunded,", ",,1\n": ",2026-11-01,1\n"}[cell]
    typed.file("orders.csv", SHOPIFY + ONE.replace(cell, other))

    code, said = typed()

    assert (code, typed.account.writes) == (0, [])
    assert f"row 2\tleft out\t#1001\t{told}" in said


def test_a_file_with_a_mark_semicolons_and_decimal_commas_is_read_and_said(typed: Typed) -> None:
    typed.account.has("products", externalId="BK-ATLAS", title="Atlas")
    rows = (SHOPIFY + ONE).replace(",", ";").replace("24.50", "24,50").replace("49.00", "49,00")
    typed.file("orders.csv", b"\xef\xbb\xbf" + rows.encode())

    code, said = typed()

    assert code == 0, said
    assert typed.orders["#1001"]["items"][0]["unitValueUsd"] == 24.5
    assert "row 2\tnote\t#1001\t'24,50' was read as 24.50" in said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "has no header"),
        ((SHOPIFY + ONE.replace("Jordan", "J\xf6rdan")).encode("cp1252"), "save it as `CSV UTF-8`"),
        (b"Name,Total\n#1,2\n", "has no column 'Shipping Country' (order destinationCountry)"),
        ((SHOPIFY + '#1,"a"b\n').encode(), "line 2"),
        (SHOPIFY.replace("Email", "Name").encode(), "has the column 'Name' twice"),
    ],
)
def test_a_file_that_cannot_be_read_sends_nothing(
    typed: Typed, content: bytes | None, told: str
) -> None:
    (Path("orders.csv")).unlink()
    if content is not None:
        typed.file("orders.csv", content)

    code, said = typed()

    assert (code, typed.account.writes) == (2, [])
    assert told in said


def test_woocommerce_rows_of_both_its_exports_are_read(typed: Typed) -> None:
    typed.account.has("products", externalId="MUG", title="Mug")
    typed.file(
        "orders.csv",
        "Order Number,Order Status,First Name (Shipping),Last Name (Shipping),"
        "Address 1&2 (Shipping),City (Shipping),State Code (Shipping),Postcode (Shipping),"
        "Country Code (Shipping),Cart Discount Amount,SKU,Item Name,Quantity (- Refund),Item Cost\n"
        "7,Processing,Ada,Byron,1 Elm St,Bangor,ME,04401,US,1.00,MUG,Mug,2,9.90\n"
        "8,Cancelled,Ada,Byron,1 Elm St,Bangor,ME,04401,US,,MUG,Mug,2,9.90\n",
    )
    code, said = typed("--currency", "USD", map="woocommerce")
    assert code == 0, said
    assert typed.orders["7"]["consignee"]["name"] == "Ada Byron"
    assert typed.orders["7"]["discounts"] == [{"name": "Discount", "amount": 1}]

    typed.file(
        "orders.csv",
        "order_id,order_number,status,order_currency,shipping_total,shipping_first_name,"
        "shipping_last_name,shipping_address_1,shipping_city,shipping_state,shipping_postcode,"
        "shipping_country,item_name,item_sku,item_quantity,item_subtotal\n"
        "70,9,processing,EUR,0,Ada,Byron,1 Elm St,Bangor,ME,04401,US,Mug,MUG,3,29.70\n"
        "71,10,processing,EUR,0,Ada,Byron,1 Elm St,Bangor,ME,04401,US,Mug,MUG,3,29.71\n",
    )
    code, said = typed(map="woocommerce")
    assert code == 1
    assert typed.orders["9"]["items"][0]["unitValue"] == 9.9
    assert "29.71 is no price of whole cents for 3 pieces" in said
    assert list(typed.orders) == ["7", "9"]


def test_a_map_of_ones_own_says_where_each_field_is(typed: Typed) -> None:
    typed.account.has("products", externalId="MUG", title="Mug")
    typed.file("orders.csv", "no;to;who;what;n;each\n5;ME;Ada;MUG;1;9,90\n")
    typed.file(
        "own.toml",
        "[order]\nexternalId = 'no'\ndestinationCountry = {text = 'US'}\n"
        "destinationRegion = 'to'\nconsignee.name = 'who'\ncurrency = {text = 'USD'}\n"
        "[line]\nsku = 'what'\nquantity = 'n'\nprice = 'each'\n",
    )

    code, said = typed(map="own.toml")

    assert code == 0, said
    assert typed.orders["5"]["destinationCountry"] == "US"
    assert typed.orders["5"]["items"][0]["unitValueUsd"] == 9.9


def test_a_map_of_ones_own_reads_all_that_a_product_may_say(typed: Typed) -> None:
    typed.file("orders.csv", "no;to;who;what;n;each\n5;ME;Ada;MUG;1;9,90\n")
    typed.file(
        "stock.csv",
        "what;name;grams;price;maker;street;box;town;land\n"
        "MUG;Mug;350;12,50;Olaria;Rua 1;Lj 2;Porto;PT\n",
    )
    typed.file(
        "own.toml",
        "[order]\nexternalId = 'no'\ndestinationCountry = {text = 'US'}\n"
        "consignee = {name = {join = ['who', 'to']}}\ncurrency = {text = 'USD'}\n"
        "[line]\nsku = 'what'\nquantity = 'n'\nprice = 'each'\n"
        "[product]\nsku = 'what'\ntitle = 'name'\nweightGrams = 'grams'\nunitValueUsd = 'price'\n"
        "[product.manufacturer]\nname = 'maker'\naddressLines = {all = ['street', 'box']}\n"
        "city = 'town'\ncountry = 'land'\n",
    )

    code, said = typed("--products", "stock.csv", map="own.toml")

    assert code == 0, said
    mug = typed.account.kept["products"]["MUG"]
    assert (mug["weightGrams"], mug["unitValueUsd"]) == (350, 12.5)
    assert mug["manufacturer"] == {
        "name": "Olaria", "addressLines": ["Rua 1", "Lj 2"], "city": "Porto", "country": "PT",
    }  # fmt: skip
    assert typed.orders["5"]["consignee"] == {"name": "Ada ME"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[order]\nnonsense = 'a'", "[order] nonsense is none of"),
        ("[orders]\nexternalId = 'a'", "[orders] is none of order, line, product"),
        ("[order]\nexternalId = 5", "externalId is a column, a list of columns"),
        ("[order]\nexternalId = 'a'", "[order] does not say where destinationCountry is"),
        ("[order", "Expected"),
        (None, "or one of shopify, woocommerce"),
    ],
)
def test_a_map_that_is_none_says_what_one_is(typed: Typed, text: str | None, told: str) -> None:
    if text is not None:
        typed.file("own.toml", text)

    code, said = typed(map="own.toml")

    assert (code, told in said) == (2, True), said

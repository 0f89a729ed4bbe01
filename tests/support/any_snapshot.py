"""A Hypothesis strategy for any snapshot a planner could make: any script, anything absent."""

from typing import Any

from hypothesis import strategies as st

from shared.contracts.decision import Finding, Flag, Source
from shared.contracts.snapshot import Snapshot, SnapshotOrder
from shared.text import canonical
from support.snapshots import (
    a_snapshot,
    order_id,
    product_id,
)

AWKWARD = (
    "<script>alert(1)</script>",
    "</style><img src=https://evil.example/x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %} ${x} &amp; ' \" `",
    '=HYPERLINK("https://evil.example")',
    "@SUM(A1)",
    "-2+3",
    "'already quoted",
    "\tstarts with a tab",
    'two\nlines, "quoted"',
    "محمد بن عبد الله \u202eoverride",
    "深圳纺织有限公司",
    "👩🏽‍🌾🧵",
    "Z\u0351\u036b\u0343\u036aa\u0300\u0315lgo",
    "\u200b \ufeff\u00a0",
    "N" * 200,
)  # fmt: skip

# As it is synced: canonical, and not empty.
texts = (
    st.one_of(
        st.sampled_from(AWKWARD),
        st.text(
            st.one_of(st.sampled_from("\t\n"), st.characters(exclude_categories=["Cs", "Cc"])),
            min_size=1,
            max_size=30,
        ),
    )
    .map(canonical)
    .filter(bool)
)
countries = st.sampled_from(["CN", "CA", "US", "MX", "EG", "VN"])
hts_codes = st.one_of(
    st.sampled_from(["6109100012", "6109.10.0012", "7323.94.00.26", "42029215", "170220", "0101"]),
    texts,
)
keys = (
    st.text(
        st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8
    )
    .map(canonical)  # which takes some characters out of the basic plane
    .filter(lambda key: bool(key) and max(key) <= "\uffff")
)
cents = st.integers(0, 1_000_000_000)
hundredths = st.integers(0, 10_000)


def records(
    required: dict[str, Any], optional: dict[str, Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


sources: st.SearchStrategy[Source] = st.fixed_dictionaries(
    {"citation": texts, "date": st.none() | st.just("2026-07-24"), "verified": st.booleans()}
)  # type: ignore[assignment]  # a TypedDict made by parts
places = records(
    {"addressLines": st.lists(texts, min_size=1, max_size=2), "city": texts, "country": countries},
    {"region": texts, "postalCode": texts},
)
parties = records({"name": texts}, {"address": places})
consignees = records(
    {"name": texts},
    {
        "addressLines": st.lists(texts, max_size=2),
        "city": texts,
        "taxId": texts | st.just("123-45-6789"),
    },
)
product_contents = records(
    {"title": texts},
    {
        "sku": texts,
        "description": texts,
        "htsCode": hts_codes,
        "countryOfOrigin": countries | texts,
        "weightGrams": st.integers(0, 1_000_000_000),
        "unitValueCents": cents,
        "materials": st.lists(
            st.fixed_dictionaries({"name": texts, "percentHundredths": hundredths}), max_size=2
        ),
        "manufacturer": records(
            {"name": texts, "country": texts},
            {"addressLines": st.lists(texts, max_size=2), "city": texts, "mid": texts},
        ),
        "adcvdCase": texts,
        "casNumber": texts,
        "metal": records(
            {"kind": texts, "weightPercentHundredths": hundredths},
            {
                "meltCountry": texts,
                "meltPourCountry": texts,
                "primarySmeltCountry": texts,
                "secondarySmeltCountry": texts,
                "castCountry": texts,
            },
        ),
        "childrens": st.booleans(),
        "usmca": records({"claim": st.booleans()}, {"certification": texts}),
        "pga": st.dictionaries(keys, st.dictionaries(keys, texts, max_size=2), max_size=2),
    },
)
shipments = records(
    {},
    {
        "portOfEntry": st.just("0901"),
        "transportMode": st.sampled_from(["TRUCK", "AIR"]),
        "carrier": texts,
        "paps": texts,
        "eta": st.just("2026-11-25T14:00:00.000Z"),
        "packages": st.lists(
            records(
                {"kind": texts, "count": st.integers(1, 9)},
                {"grossWeightGrams": st.integers(0, 10**9)},
            ),
            max_size=2,
        ),
        "charges": st.lists(
            st.fixed_dictionaries(
                {"name": texts, "amountCents": cents, "includedInPrice": st.booleans()}
            ),
            max_size=3,
        ),
    },
)
accounts = records(
    {},
    {
        "exporter": parties,
        "importerOfRecord": parties,
        "responsibleEmployee": records({"name": texts}, {"title": texts, "phone": texts}),
        "relatedParties": st.booleans(),
        "assists": texts,
    },
).map(lambda parts: {"id": "acc_maple", "name": "Maple Basics", **parts})


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    products = [
        {"externalId": f"P-{number}", **content}
        for number, content in enumerate(draw(st.lists(product_contents, min_size=1, max_size=4)))
    ]
    ids = [product_id(product["externalId"]) for product in products]
    orders = [
        order | {"externalId": f"O-{number} {name}"}
        for number, (order, name) in enumerate(
            draw(st.lists(st.tuples(_orders(ids), texts), min_size=1, max_size=5))
        )
    ]
    cut = draw(st.integers(1, len(orders)))
    units = [group for group in (orders[:cut], orders[cut:]) if group]
    snapshot = a_snapshot(
        *units,
        products=products,
        account=draw(accounts),
        shipment=draw(shipments),
        hts_units=draw(
            st.dictionaries(
                st.sampled_from(["6109.10.00.12", "7323.94.00.26"]),
                st.lists(st.sampled_from(["No.", "kg", "doz.", "g", "m2"]), max_size=3),
            )
        ),
    )
    unit_ids = [unit["unit_id"] for unit in snapshot["decision"]["units"]]
    snapshot["decision"]["flags"] = draw(st.lists(_flags(ids, unit_ids), max_size=3))
    concerned = [order_id(order["externalId"]) for order in orders]
    snapshot["decision"]["findings"] = draw(st.lists(_findings(ids, concerned), max_size=3))
    return snapshot


def _orders(product_ids: list[str]) -> st.SearchStrategy[SnapshotOrder]:
    line = st.fixed_dictionaries(
        {
            "productId": st.sampled_from(product_ids),
            "quantity": st.integers(1, 1_000_000),
            "unitValueCents": cents | st.integers(1, 3),
        }
    )
    return st.fixed_dictionaries(
        {"destinationCountry": st.just("US"), "items": st.lists(line, min_size=1, max_size=4)},
        optional={
            "consignee": consignees,
            "destinationRegion": texts,
            "destinationPostalCode": texts,
        },
    )  # type: ignore[return-value]  # a TypedDict made by parts


def _flags(product_ids: list[str], unit_ids: list[str]) -> st.SearchStrategy[Flag]:
    return st.fixed_dictionaries(
        {
            "code": st.just("PGA_REVIEW"),
            "order_count": st.just(1),
            "product_ids": st.lists(st.sampled_from(product_ids), min_size=1, unique=True),
            "unit_ids": st.lists(st.sampled_from(unit_ids), min_size=1, unique=True),
            "reason": texts,
            "source": sources,
        },
        optional={"agency": texts, "programme": texts},
    )  # type: ignore[return-value]  # a TypedDict made by parts


def _findings(product_ids: list[str], order_ids: list[str]) -> st.SearchStrategy[Finding]:
    return st.fixed_dictionaries(
        {
            "code": st.sampled_from(["WEIGHT_MISSING", "HTS_NOT_CHECKED"]),
            "rule_id": st.just("R28"),
            "severity": st.sampled_from(["BLOCKING", "WARNING", "INFO"]),
            "message": texts,
            "remedy": texts,
            "source": sources,
        },
        optional={
            "product_id": st.sampled_from(product_ids),
            "order_id": st.sampled_from(order_ids),
        },
    )  # type: ignore[return-value]  # a TypedDict made by parts

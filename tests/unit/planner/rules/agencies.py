"""What partner agencies and the duty on metals ask for of the goods."""

from datetime import date

from support.planning import with_account, with_product
from unit.planner.rules.case import WARNING, Case

COTTON = [{"name": "cotton", "percentHundredths": 10_000}]
ELEMENTS = dict.fromkeys(
    [
        "productId",
        "citations",
        "manufactureDate",
        "manufacturePlace",
        "testDate",
        "testLab",
        "recordsContact",
    ],
    "said",
)

NAMED = [
    Case("FDA_PRIOR_NOTICE_NEEDED", "cheese", with_product(htsCode="0406.90.9900"), WARNING),
    Case(
        "FDA_PRIOR_NOTICE_NEEDED",
        "cheese of a registered dairy, without the FDA's code",
        with_product(htsCode="0406.90.9900", pga={"FDA": {"facilityRegistration": "1234"}}),
        WARNING,
    ),
    Case(
        "FDA_PRIOR_NOTICE_NEEDED",
        "code and facility, the agency named twice, in two cases",
        with_product(
            htsCode="0406.90.9900",
            pga={"FDA": {"productCode": "12"}, "fda": {"facilityRegistration": "1234"}},
        ),
    ),
    Case(
        "FDA_PRIOR_NOTICE_NEEDED",
        "code and prior notice",
        with_product(htsCode="0406.90.9900", pga={"fda": {"productCode": "1", "priorNotice": "2"}}),
    ),
    Case("FDA_PRIOR_NOTICE_NEEDED", "feathers, no food", with_product(htsCode="0505.10.0050")),
    Case("FDA_PRIOR_NOTICE_NEEDED", "pet food", with_product(htsCode="2309.10.0090"), WARNING),
    Case("FDA_PRIOR_NOTICE_NEEDED", "a supplement", with_product(htsCode="1302.19.4140"), WARNING),
    Case("FDA_PRIOR_NOTICE_NEEDED", "tobacco", with_product(htsCode="2402.10.3000")),
    Case("FDA_PRIOR_NOTICE_NEEDED", "seed for sowing", with_product(htsCode="1209.91.8010")),
    Case("CPSC_CERTIFICATE_MISSING", "a toy", with_product(htsCode="9503.00.0073"), WARNING),
    Case("CPSC_CERTIFICATE_MISSING", "a toy for no child", with_product(htsCode="9503.00.0090")),
    Case("CPSC_CERTIFICATE_MISSING", "a children's book", with_product(childrens=True), WARNING),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "girls' pyjamas, by their number alone",
        with_product(htsCode="6108.31.0020", materials=COTTON),
        WARNING,
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "women's pyjamas",
        with_product(htsCode="6108.31.0010", materials=COTTON),
    ),
    Case("CPSC_CERTIFICATE_MISSING", "a party favour", with_product(htsCode="9505.90.4000")),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "a number of CPSC's list that is not children's alone",
        with_product(htsCode="7117.90.9000"),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "a toy of the product registry",
        with_product(htsCode="9503.00.0073", pga={"cpsc": {"reference": "REG-1"}}),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "a toy that the filer disclaims",
        with_product(htsCode="9503.00.0073", pga={"cpsc": {"disclaim": "B"}}),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "the seven elements",
        with_product(htsCode="9503.00.0073", pga={"cpsc": ELEMENTS}),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "any text as a certificate",
        with_product(htsCode="9503.00.0073", pga={"cpsc": {"certificate": "yes"}}),
        WARNING,
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "the day before e-filing",
        with_product(htsCode="9503.00.0073", as_of=date(2026, 7, 7)),
    ),
    Case(
        "CPSC_CERTIFICATE_MISSING",
        "the day of e-filing",
        with_product(htsCode="9503.00.0073", as_of=date(2026, 7, 8)),
        WARNING,
    ),
]

AGENCIES = [
    *[
        Case("AGENCY_DATA_MISSING", f"{goods} without a word", with_product(htsCode=hts), WARNING)
        for goods, hts in (
            ("a cosmetic", "3304.99.5000"),
            ("wine", "2204.21.5040"),
            ("headphones", "8518.30.2000"),
            ("a clinical thermometer", "9025.19.8010"),
            ("ivory", "9601.10.0000"),
            ("a mink coat", "4303.10.0030"),
            ("peat", "2703.00.0000"),
            ("seed for sowing", "1209.91.8010"),
            ("plywood", "4412.33.0640"),
            ("a tyre for a car", "4011.10.1010"),
            ("a medicine", "3004.90.9276"),
        )
    ],
    *[
        Case("AGENCY_DATA_MISSING", f"{goods}, told", with_product(htsCode=hts, pga=pga))
        for goods, hts, pga in (
            ("a cosmetic", "3304.99.5000", {"fda": {"productCode": "53LC-04"}}),
            ("wine", "2204.21.5040", {"ttb": {"permit": "IL-I-1", "cola": "26001001000001"}}),
            ("headphones", "8518.30.2000", {"fcc": {"fccId": "2ABCDHP1"}}),
            ("headphones by declaration", "8518.30.2000", {"FCC": {"sdoc": "Acme Inc., US"}}),
            ("ivory of old", "9601.10.0000", {"fws": {"species": "L. africana", "source": "W"}}),
            ("headphones of wire", "8518.30.2000", {"fcc": {"disclaim": "no radio"}}),
        )
    ],
    *[
        Case("AGENCY_DATA_MISSING", goods, with_product(htsCode=hts))
        for goods, hts in (
            ("a mug, that an agency only may ask for", "6912.00.4400"),
            ("incense", "3307.41.0000"),
            ("a tyre for a bicycle", "4011.50.0000"),
            ("a plastic bookmark", "3926.10.0000"),
            ("a bowl of wood, that is asked for on formal entries", "4419.90.9100"),
        )
    ],
    Case(
        "LACEY_DATA_MISSING",
        "wood on a formal entry",
        with_account(with_product(htsCode="4419.90.9100"), formalAlways=True),
        WARNING,
    ),
    Case(
        "LACEY_DATA_MISSING",
        "wood of a named tree",
        with_account(
            with_product(
                htsCode="4419.90.9100",
                pga={"lacey": {"scientificName": "Fagus sylvatica", "harvestCountry": "DE"}},
            ),
            formalAlways=True,
        ),
    ),
    Case("LACEY_DATA_MISSING", "on an informal entry", with_product(htsCode="4419.90.9100")),
    Case("METAL_DATA_MISSING", "a steel bolt", with_product(htsCode="7318.15.2061"), WARNING),
    *[
        Case(
            "METAL_DATA_MISSING",
            claim,
            with_product(htsCode=hts, metal={"weightPercentHundredths": 9_000, **metal}),
            severity,
        )
        for claim, hts, metal, severity in (
            ("poured nobody knows where", "7318.15.2061", {"kind": "steel"}, WARNING),
            ("poured in KR", "7318.15.2061", {"kind": "steel", "meltPourCountry": "KR"}, None),
            ("the former name", "7318.15.2061", {"kind": "steel", "meltCountry": "KR"}, None),
            (
                "aluminium without its recycled part",
                "7615.10.7180",
                {"kind": "aluminum", "primarySmeltCountry": "CA", "castCountry": "CA"},
                WARNING,
            ),
            (
                "aluminium that is all told",
                "7615.10.7180",
                {
                    "kind": "aluminium",
                    "primarySmeltCountry": "CA",
                    "secondarySmeltCountry": "NONE",
                    "castCountry": "CA",
                },
                None,
            ),
        )
    ],
    Case("METAL_DATA_MISSING", "a book", with_product()),
]

CASES = [*NAMED, *AGENCIES]

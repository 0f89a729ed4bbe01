"""What the gateway serves under /docs: open to everybody, self-contained, and nothing else."""

import re

import orjson
import pytest

from contract.core import references
from contract.menu import PAGES as IN_MENU
from contract.menu import Page, markdown
from support.gateways import GatewayUnderTest
from support.pages import PAGES, PUBLISHED

OPEN = [
    *((page.address, "text/html") for page in IN_MENU),
    *((markdown(page.address), "text/markdown") for page in IN_MENU),
    ("/docs/", "text/html"),
    ("/docs/style.css", "text/css"),
    ("/docs/page.js", "text/javascript"),
    ("/docs/icon.svg", "image/svg+xml"),
    ("/docs/api/openapi", "application/json"),
    ("/docs/api/asyncapi", "application/json"),
    ("/llms.txt", "text/plain"),
]


@pytest.mark.parametrize(("path", "media_type"), OPEN)
async def test_a_page_needs_no_key_and_can_be_asked_for_its_head(
    path: str, media_type: str
) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get(path)
        head = await client.head(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert head.status_code == 200
    assert head.content == b""


@pytest.mark.parametrize("page", IN_MENU, ids=lambda page: page.address)
async def test_a_page_may_load_its_own_style_script_and_icon_and_does_nothing_else(
    page: Page,
) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get(page.address)

    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert {kind for kind, source in policy.items() if source == "'self'"} == {
        "style-src",
        "script-src",
        "img-src",
    }
    assert set(policy.values()) == {"'self'", "'none'"}
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert re.findall(r"<script[^>]*>", answer.text) == ['<script src="/docs/page.js" defer>']
    assert not re.search(r"<[^>]* (style|on\w+)=", answer.text)
    assert "://" not in " ".join(re.findall(r' (?:src|href)="([^"]*)"', answer.text))


@pytest.mark.parametrize(
    ("path", "place"),
    [("/", "/docs"), ("/api", "/docs"), ("/openapi.json", "/docs/api/openapi")],
)
@pytest.mark.parametrize("host", ["entrygo.example", "evil.example:1/x"])
async def test_who_types_the_address_alone_is_led_to_the_pages_of_this_gateway(
    path: str, place: str, host: str
) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get(path, headers={"host": host, "x-forwarded-host": host})
        refused = await client.post(path)

    assert (answer.status_code, answer.headers["location"]) == (307, place)
    assert (refused.status_code, refused.json()["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "path",
    [
        "/docs/nothing",
        "/docs/concepts",
        "/docs/../app.py",
        "/docs/%2e%2e/app.py",
        "/docs/..%2fapp.py",
    ],
)
async def test_what_is_no_page_is_the_envelope(path: str) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.json()["errorCode"] == "ROUTE_NOT_FOUND"


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
async def test_the_served_contract_is_the_committed_one(name: str) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get(f"/docs/api/{name}")

    assert answer.content == (PUBLISHED / f"{name}.json").read_bytes()


@pytest.mark.parametrize("asked", ["gzip", "br, gzip;q=0.5", "*"])
async def test_a_file_is_compressed_where_that_is_taken(asked: str) -> None:
    async with GatewayUnderTest().client(None) as client:
        plain = await client.get("/docs/api/openapi", headers={"accept-encoding": "identity"})
        packed = await client.get("/docs/api/openapi", headers={"accept-encoding": asked})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 5
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("asked", ["", "br", "gzip;q=0", "*;q=0.0", "gzip; q=0, *"])
async def test_a_file_is_plain_where_gzip_is_not_taken(asked: str) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get("/docs", headers={"accept-encoding": asked})

    assert "content-encoding" not in answer.headers


async def test_who_has_a_file_is_told_that_it_is_unchanged() -> None:
    async with GatewayUnderTest().client(None) as client:
        first = await client.get("/docs/style.css")
        tag = first.headers["etag"]
        again = await client.get("/docs/style.css", headers={"if-none-match": f'"other", W/{tag}'})

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert again.headers["vary"] == "Accept-Encoding"


async def test_each_encoding_of_a_file_has_an_etag_of_its_own() -> None:
    async with GatewayUnderTest().client(None) as client:
        plain = await client.get("/docs", headers={"accept-encoding": "identity"})
        tag = plain.headers["etag"]
        packed = await client.get("/docs", headers={"accept-encoding": "gzip"})
        crossed = await client.get(
            "/docs", headers={"accept-encoding": "gzip", "if-none-match": tag}
        )

    assert packed.headers["etag"] != tag
    assert crossed.status_code == 200


async def test_the_core_loop_is_served_alone_and_refers_to_nothing_else() -> None:
    async with GatewayUnderTest().client(None) as client:
        whole = (await client.get("/docs/api/openapi")).json()
        core = (await client.get("/docs/api/openapi?tags=core")).json()

    operations = {each["operationId"] for path in core["paths"].values() for each in path.values()}
    assert operations == {"syncOrders", "planExport", "executeExport", "inspectExport"}
    components = core["components"]
    there = {(kind, name) for kind, parts in components.items() for name in parts}
    assert set(references(core)) == there - {("securitySchemes", "apiKey")}
    for kind, parts in components.items():
        assert parts.items() <= whole["components"][kind].items()
    links = re.findall(r'"operationId": ?"(\w+)"', orjson.dumps(core).decode())
    assert set(links) == operations


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("tags=other", "invalid_enum_value"),
        ("tag=core", "unrecognized_keys"),
        ("tags=core&tags=core", "invalid_type"),
    ],
)
async def test_a_part_of_the_document_that_is_not_there_is_refused(query: str, code: str) -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get(f"/docs/api/openapi?{query}")

    assert (answer.status_code, answer.json()["errorCode"]) == (400, "VALIDATION_ERROR")
    (issue,) = answer.json()["details"]["issues"]
    assert (issue["path"], issue["code"]) == (query.partition("=")[0], code)


async def test_a_page_as_markdown_is_its_source() -> None:
    async with GatewayUnderTest().client(None) as client:
        answer = await client.get("/docs/concepts/protocol.md")

    assert answer.content == (PAGES / "concepts" / "protocol.md").read_bytes()


async def test_the_reference_tells_every_operation_and_shape_of_the_document() -> None:
    async with GatewayUnderTest().client(None) as client:
        document = (await client.get("/docs/api/openapi")).json()
        page = (await client.get("/docs/api/reference.md")).text
        shapes = (await client.get("/docs/api/shapes.md")).text

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"### {method.upper()} {path}\n" in page
            assert f"`{operation['operationId']}`" in page
    for name, schema in document["components"]["schemas"].items():
        assert f"## {name}\n" in shapes
        assert all(f"| `{field}` |" in shapes for field in schema.get("properties", ()))

"""Every example in the pages runs, word for word, against a running product."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import seed_account
from support.pages import PAGES, REPOSITORY, blocks, script
from support.services import ALL, Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e

MARK = "-- the page --"
WRITTEN_FOR = "http://localhost:3000"
GUIDE = PAGES / "guides" / "first-export.md"
# Pages whose examples go on where the guide has ended.
AFTER_THE_GUIDE = (
    PAGES / "concepts" / "protocol.md",
    PAGES / "concepts" / "export-lifecycle.md",
    PAGES / "concepts" / "primitives.md",
    PAGES / "guides" / "agents.md",
    PAGES / "api" / "orders.md",
    PAGES / "api" / "products.md",
    PAGES / "api" / "exports.md",
    PAGES / "api" / "packages.md",
    REPOSITORY / "docs" / "snapshot.md",
)


@pytest.fixture(scope="module")
async def shop(
    servers: Addresses, rabbit_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    """One running product for all pages."""
    settings = CommonSettings(
        rabbit_url=SecretStr(rabbit_url),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
    )
    async with Store(settings, appname="tests") as store:
        async with Cluster(settings, servers, tmp_path_factory.mktemp("logs")) as cluster:
            await cluster.start(*ALL)
            shop = Shop(cluster.url, await seed_account(store))
            yield shop
            await shop.http.aclose()
        await store.drop_database()


async def run(shop: Shop, folder: Path, *command: str, text: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=os.environ | {"ENTRYGO_API_KEY": shop.account.key},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told = text.replace(WRITTEN_FOR, str(shop.http.base_url).rstrip("/"))
    output, _ = await process.communicate(told.encode())
    assert process.returncode == 0, output.decode()
    return output.decode()


async def shell(shop: Shop, folder: Path, text: str) -> str:
    return await run(shop, folder, "bash", "-euo", "pipefail", "-s", text=f"{text}\n")


async def test_the_guide_leads_from_a_key_to_a_package_at_the_broker(
    shop: Shop, tmp_path: Path
) -> None:
    readiness, action, status = (await shell(shop, tmp_path, script(GUIDE, "sh"))).splitlines()

    assert (readiness, action) in {
        ("READY", "EXECUTE"),
        ("READY_WITH_WARNINGS", "REVIEW_AND_EXECUTE"),
    }
    assert status == "COMPLETED"
    assert (tmp_path / "invoice.html").read_text().startswith("<!")
    assert (tmp_path / "package.zip").stat().st_size > 0

    again = await run(shop, tmp_path, sys.executable, "-", text=script(GUIDE, "python"))

    assert again.startswith("CP-")


async def test_the_examples_of_the_pages_run_and_print_what_they_say(
    shop: Shop, tmp_path: Path
) -> None:
    for page in AFTER_THE_GUIDE:
        example = f"{script(GUIDE, 'sh')}\necho '{MARK}'\n{script(page, 'sh')}"
        output = (await shell(shop, tmp_path, example)).partition(f"{MARK}\n")[2]

        printed = [line.strip() for line in output.splitlines()]
        assert printed == script(page, "text").split("\n")[:-1], page
        if python := script(page, "python"):
            await run(shop, tmp_path, sys.executable, "-", text=python)


async def test_the_first_request_that_is_pasted_names_the_account(
    shop: Shop, tmp_path: Path
) -> None:
    for page in (PAGES / "index.md", REPOSITORY / "README.md"):
        [request] = [block.text for block in blocks(page) if block.text.startswith("curl")]

        assert shop.account.account_id in await shell(shop, tmp_path, request)


class Links(HTMLParser):
    """Where a page leads to, and where it can be led to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag != "script" or given["src"] == "/docs/page.js"
        if target := given.get("href") or given.get("src"):
            self.targets.add(target)
        if anchor := given.get("id"):
            self.anchors.add(anchor)


async def test_every_link_of_every_page_leads_somewhere_on_this_gateway(shop: Shop) -> None:
    waiting, seen = {"/docs", "/llms.txt"}, dict[str, Links]()
    while waiting:
        address = waiting.pop()
        answer = await shop.http.get(address, headers={"Authorization": ""})
        assert answer.status_code == 200, address
        seen[address] = links = Links()
        if answer.headers["content-type"].startswith("text/html"):
            links.feed(answer.text)
        for target in links.targets:
            assert target.startswith(("/", "#")), f"{address} leads outside: {target}"
            place = target.partition("#")[0]
            if place and place not in seen:
                waiting.add(place)
    for address, links in seen.items():
        for target in links.targets:
            place, _, anchor = target.partition("#")
            assert not anchor or anchor in seen[place or address].anchors, f"{address}: {target}"

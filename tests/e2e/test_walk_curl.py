"""A newcomer with curl, the README and the pages: every example runs as it is printed."""

import asyncio
import json
import os
import re
import shlex
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from shared.settings import CommonSettings
from shared.store import Store
from support import chromium
from support.accounts import Seeded, seed_account
from support.entrygo import Entrygo, entrygo_on
from support.pages import PAGES, REPOSITORY, blocks, blocks_of, script
from support.services import ALL, Cluster

pytestmark = pytest.mark.e2e

MARK = "-- the page --"
WRITTEN_FOR = "http://localhost:3000"
# Pages whose examples go on where the guide has ended, in an order in which each can.
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
ALONE = (PAGES / "index.md", PAGES / "guides" / "first-export.md")
# What an operator answers to the words in capitals of a remedy.
ANSWERS = {
    "NAME": "Newcomers Ltd.",
    "NUMBER": "12-3456789",
    "ADDRESS": "desk@broker.example",
    "STREET": "1 Short Street",
    "CITY": "Halifax",
}


class Product:
    """One running product for all walks."""

    def __init__(self, url: str, account: Seeded, operator: Entrygo) -> None:
        self.url = url
        self.account = account
        self._operator = operator

    async def operator(self, *words: str) -> Any:
        return await asyncio.to_thread(self._operator.json, *words)


@pytest.fixture(scope="module")
async def product(
    servers: Addresses, rabbit_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Product]:
    settings = CommonSettings(
        rabbit_url=SecretStr(rabbit_url),
        mongo_url=SecretStr(servers.mongo_url),
        mongo_database=f"test_{uuid.uuid4().hex[:12]}",
    )
    async with Store(settings, appname="tests") as store:
        async with Cluster(settings, servers, tmp_path_factory.mktemp("logs")) as cluster:
            # Who has a live account has its mail go to the mail catcher, which has no STARTTLS.
            await cluster.start(*ALL, BROKER_MAILER_SMTP_TLS="NONE")
            yield Product(cluster.url, await seed_account(store), entrygo_on(settings))
        await store.drop_database()


class Newcomer:
    """Has a key, a folder, a shell, and the address that the gateway's pages are served from."""

    def __init__(self, product: Product, folder: Path, key: str) -> None:
        self._folder = folder
        self._environment = os.environ | {"ENTRYGO_API_KEY": key}
        self._url = product.url

    async def reads(self, address: str) -> str:
        async with httpx.AsyncClient(base_url=self._url) as http:
            page = await http.get(address)
        assert page.status_code == httpx.codes.OK, address
        return page.text

    async def pastes(self, text: str, *, ends: int = 0) -> str:
        return await self._runs("bash", "-euo", "pipefail", "-s", text=text, ends=ends)

    async def runs_python(self, text: str) -> str:
        return await self._runs(sys.executable, "-", text=text)

    async def _runs(self, *command: str, text: str, ends: int = 0) -> str:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told = text.replace(WRITTEN_FOR, self._url)  # as the page's script shows it
        output, _ = await process.communicate(f"{told}\n".encode())
        assert process.returncode == ends, output.decode()
        return output.decode()

    async def finds_the_guide(self) -> list[str]:
        """Its blocks, by the list of pages that the README names; a page is whole in Markdown."""
        assert "/llms.txt" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
        [address] = re.findall(r"\[First export\]\((.+?)\)", await self.reads("/llms.txt"))
        found = blocks_of(await self.reads(address))
        return [block.text for block in found if block.language == "sh"]

    async def follows(self, link: str) -> None:
        """What an answer's `docs` leads to is there."""
        page, _, anchor = link.partition("#")
        assert f' id="{anchor}"' in await self.reads(page), link


async def test_a_newcomer_with_a_ready_account_brings_a_package_to_the_broker(
    product: Product, tmp_path: Path
) -> None:
    newcomer = Newcomer(product, tmp_path, product.account.key)
    for page in (REPOSITORY / "README.md", PAGES / "index.md"):
        [request] = [block.text for block in blocks(page) if block.text.startswith("curl")]
        assert product.account.account_id in await newcomer.pastes(request)

    steps = await newcomer.finds_the_guide()
    printed = await newcomer.pastes("\n".join([*steps, 'echo "$PLAN"']))

    readiness, action, status, plan = printed.splitlines()
    assert (readiness, action, status) == ("READY_WITH_WARNINGS", "REVIEW_AND_EXECUTE", "COMPLETED")
    assert (tmp_path / "invoice.html").read_text().startswith("<!")
    assert (tmp_path / "package.zip").read_bytes().startswith(b"PK")
    for finding in json.loads(plan)["validationMessages"]:
        await newcomer.follows(finding["docs"])
    guide = PAGES / "guides" / "first-export.md"
    assert (await newcomer.runs_python(script(guide, "python"))).startswith("CP-")


async def test_a_newcomer_with_a_bare_account_is_shown_what_stops_them_and_by_whom_it_is_mended(
    product: Product, tmp_path: Path
) -> None:
    account = (await product.operator("account", "create", "Newcomers Ltd."))["id"]
    key = (await product.operator("key", "create", "--account", account))["key"]
    newcomer = Newcomer(product, tmp_path, key)
    guide = "\n".join(await newcomer.finds_the_guide())

    shown = await newcomer.pastes(guide, ends=-signal.SIGINT)

    assert '"warehouses":[]' in shown
    assert "entrygo account update" in shown

    of = ("--account", account, "--name", "Newcomers")
    await product.operator("warehouse", "create", *of, "--country", "CA")
    await product.operator("broker", "create", *of)
    shown = await newcomer.pastes(guide, ends=-signal.SIGINT)

    blocked, action, _, envelope = shown.strip().splitlines()
    refused = json.loads(envelope)
    assert (blocked, action, refused["errorCode"]) == (
        "BLOCKED",
        "CONTACT_OPERATOR",
        "EXPORT_NOT_READY",
    )
    await newcomer.follows(refused["details"]["docs"])
    for finding in refused["details"]["validationMessages"]:
        await newcomer.follows(finding["docs"])
        words = shlex.split(finding["remedy_command"])[1:]
        await product.operator(*(ANSWERS.get(word, word) for word in words))
    assert "COMPLETED" in await newcomer.pastes(guide)


async def test_the_examples_of_the_pages_run_and_print_what_they_say(
    product: Product, tmp_path: Path
) -> None:
    newcomer = Newcomer(product, tmp_path, product.account.key)
    parts = [script(page, "sh") for page in AFTER_THE_GUIDE]
    guide = await newcomer.finds_the_guide()
    output = await newcomer.pastes(f"\necho '{MARK}'\n".join(["\n".join(guide), *parts]))

    for page, printed in zip(AFTER_THE_GUIDE, output.split(f"{MARK}\n")[1:], strict=True):
        told = [line.strip() for line in printed.splitlines()]
        assert told == script(page, "text").split("\n")[:-1], page
        if python := script(page, "python"):
            await newcomer.runs_python(python)


async def test_a_browser_shows_this_gateways_address_and_lets_an_example_be_copied(
    product: Product,
) -> None:
    page = await asyncio.to_thread(chromium.shown, f"{product.url}/docs/guides/first-export")

    assert f"URL={product.url}/api" in page
    assert WRITTEN_FOR not in page
    assert re.search(r"<button[^>]*>Copy</button>", page)


def test_no_page_has_an_example_that_is_not_run() -> None:
    with_examples = {page for page in PAGES.rglob("*.md") if script(page, "sh")}

    assert with_examples <= {*AFTER_THE_GUIDE, *ALONE}

"""A newcomer with the Python client's README and a key, who does what it says, in its order."""

import asyncio
import os
import shlex
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from shpbndl import SHPBNDL, SHPBNDLError
from support.pages import REPOSITORY, blocks
from support.services import Cluster
from support.shop import Shop

pytestmark = pytest.mark.e2e

CLIENT = REPOSITORY / "clients" / "python"
README = CLIENT / "README.md"
EXAMPLES = CLIENT / "examples"


class Newcomer:
    """Their folder, with the package as it is built and nothing of this repository beside it."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder = folder
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(folder / "installed"),
            "ENTRYGO_API_KEY": shop.account.key,
            "ENTRYGO_API_URL": str(shop.http.base_url).rstrip("/"),  # without /api
        }

    async def install(self) -> None:
        build = ("uv", "build", "--wheel", "--no-build-isolation", "--python", sys.executable)
        await self.types(*build, "-o", ".", str(CLIENT))
        (wheel,) = self.folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(self.folder / "installed")
        assert (self.folder / "installed" / "shpbndl" / "py.typed").exists()
        shutil.copytree(EXAMPLES, self.folder, dirs_exist_ok=True)

    async def types(self, *words: str, code: int = 0) -> str:
        if words[0] == "shpbndl":
            words = (sys.executable, "-m", "shpbndl.cli", *words[1:])
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=self.folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        assert process.returncode == code, printed.decode()
        return printed.decode()


def test_each_example_of_the_readme_is_a_file_that_is_checked() -> None:
    shown = [block.text for block in blocks(README) if block.language == "python"]

    assert sorted(shown) == sorted(file.read_text() for file in EXAMPLES.glob("*.py"))


async def test_everything_that_the_readme_shows_and_says_holds(
    running: Cluster, shop: Shop, tmp_path: Path
) -> None:
    newcomer = Newcomer(tmp_path, shop)
    await newcomer.install()

    for _ in range(2):
        printed = await newcomer.types(sys.executable, "quickstart.py")
        assert "commercial_customs_invoice.html" in printed
        assert "COMPLETED" in printed
    printed = await newcomer.types(sys.executable, "with_types.py")
    assert "EXPORT_NOT_FOUND" in printed
    printed = await newcomer.types(sys.executable, "without_blocking.py")
    assert "A-1001 24.5" in printed

    install, imports = (block.text for block in blocks(README) if block.language == "sh")
    assert install == "pip install ./clients/python\n"  # done above, without a package index
    dry, wet = map(shlex.split, imports.splitlines())
    printed = await newcomer.types(*dry)
    assert "row 2-3\twould create\t#1001" in printed
    assert "row 5\tleft out\t#1003" in printed
    printed = await newcomer.types(*wet)
    assert "row 2-3\tcreated\t#1001" in printed
    printed = await newcomer.types(*wet)
    assert "row 4\tunchanged\t#1002" in printed

    found = (await shop.http.get("/api/orders", params={"externalId": "#1002"})).json()["data"]
    assert found[0]["totalValueUsd"] == 22.05
    atlas = (await shop.http.get("/api/products", params={"externalId": "BK-ATLAS"})).json()
    assert atlas["data"][0]["weightGrams"] == 640  # of the quickstart; the inventory has none

    await ride_out_a_restart(running, shop)


async def ride_out_a_restart(running: Cluster, shop: Shop) -> None:
    """Work that was begun goes on over it; a gateway that was never met is told to be away."""

    def begun() -> SHPBNDL:
        client = SHPBNDL(shop.account.key, running.url)
        client.account()
        return client

    with await asyncio.to_thread(begun) as met, SHPBNDL(shop.account.key, running.url) as new:
        (gateway,) = running.of("gateway")
        await gateway.stop()
        with pytest.raises(SHPBNDLError, match="GATEWAY_UNREACHABLE"):
            await asyncio.to_thread(new.account)
        under_way = asyncio.create_task(asyncio.to_thread(met.account))
        await gateway.start()

        assert (await under_way)["id"] == shop.account.account_id

"""An invoice as PDF: made once, by real processes, with the fonts we name; carried where asked."""

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from executor.artifacts import render_all
from executor.printing import MOST_ROWS, Printer, PrintingFailed, Unprintable
from shared.canonical import content_hash
from shared.contracts.errors import ErrorCode
from shared.contracts.exports import PrintInvoice
from shared.contracts.parties import BrokerContent, dump_party
from shared.entry_pages import entry_pages, print_id
from shared.errors import Refused
from shared.records import BROKERS, PRINTS
from support.chromium import pdf_pages
from support.documents import an_identity
from support.snapshots import a_long_snapshot, a_product, a_snapshot, an_order
from support.workshop import Workshop

pytestmark = pytest.mark.integration
PATIENCE = timedelta(minutes=3)
MIXED = "Caf\u00e9 \u4e2d\u6587 \u0420\u0443\u0441 \u05e2\u05d1\u05e8\u05d9\u05ea"


class Counting(Printer):
    """A printer that tells how often it printed."""

    printed = 0

    async def __call__(self, page: bytes) -> bytes:
        self.printed += 1
        return await super().__call__(page)


class Broken(Printer):
    async def __call__(self, _: bytes) -> bytes:
        raise PrintingFailed("no paper")


def a_page() -> bytes:
    products = [a_product(description=MIXED)]
    return render_all(a_snapshot([an_order()], products=products), an_identity(test=True))[0].data


async def test_two_processes_print_equal_bytes_on_pages_that_say_what_the_page_says(
    tmp_path: Path,
) -> None:
    printer = Printer(1, PATIENCE)

    first, second = await printer(a_page()), await printer(a_page())

    assert first == second
    (tmp_path / "invoice.pdf").write_bytes(first)
    pages = pdf_pages(tmp_path / "invoice.pdf")
    assert all(f"Inv. 1, p. {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert all("TEST - NOT FOR ENTRY" in page for page in pages)
    text = " ".join(" ".join(pages).split())
    assert all(word in text for word in ("6109.10.00.12", "Caf\u00e9", "\u4e2d\u6587"))


async def test_noto_alone_is_embedded(tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(await Printer(1, PATIENCE)(a_page()))

    listed = subprocess.run(  # noqa: ASYNC221  # a test may wait
        ["pdffonts", tmp_path / "invoice.pdf"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]

    assert listed
    assert all("Noto" in line.split()[0] for line in listed)


async def test_an_invoice_of_more_rows_than_are_printed_is_refused() -> None:
    with pytest.raises(Unprintable, match=str(MOST_ROWS)):
        await Printer(1, PATIENCE)(b"<tr></tr>" * (MOST_ROWS + 1))


async def test_a_print_that_takes_too_long_ends_with_its_process() -> None:
    page = render_all(a_long_snapshot(400), an_identity())[0].data

    with pytest.raises(Unprintable, match="longer than 0 seconds"):
        await Printer(1, timedelta(milliseconds=100))(page)


async def test_what_the_page_would_fetch_is_not_fetched() -> None:
    pdf = await Printer(1, PATIENCE)(b"<p>x</p><img src='file:///etc/passwd'>")

    assert pdf.startswith(b"%PDF-")


def asking(workshop: Workshop, export_id: str | None, **what: object) -> PrintInvoice:
    return PrintInvoice.model_validate(workshop.stamp() | {"export_id": export_id} | what)


async def test_who_asks_together_or_again_gets_the_one_print(workshop: Workshop) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    await workshop.an_executor().executing.execute(workshop.execute_command(plan))
    printer = Counting(1, PATIENCE)
    printing = workshop.an_executor(printer=printer).printing

    answers = await asyncio.gather(
        *(printing.printed(asking(workshop, plan.export_id)) for _ in range(3))
    )
    again = await workshop.an_executor().printing.printed(asking(workshop, plan.export_id))

    assert len({answer.sha256 for answer in [*answers, again]}) == 1
    assert printer.printed == 1
    export = await workshop.export(plan.export_id)
    stored = await workshop.store.get(
        PRINTS.of(export["account_id"]), print_id(export["package_id"] or "", None)
    )
    assert stored is not None
    assert len(await workshop.store.get_blob(stored["sha256"])) == stored["size_bytes"]


async def test_what_is_not_executed_or_no_entry_has_no_print(workshop: Workshop) -> None:
    plan = await workshop.plan(await workshop.orders(1))
    executor = workshop.an_executor()

    with pytest.raises(Refused) as early:
        await executor.printing.printed(asking(workshop, plan.export_id))
    await executor.executing.execute(workshop.execute_command(plan))
    with pytest.raises(Refused) as beyond:
        await executor.printing.printed(
            asking(workshop, plan.export_id, unit_id="unit_none", place=7)
        )

    assert early.value.refusal.error_code == ErrorCode.CUSTOMS_PACKAGE_NOT_FOUND
    assert beyond.value.refusal.error_code == ErrorCode.ARTIFACT_NOT_FOUND


async def wants_all(workshop: Workshop) -> None:
    broker_id = workshop.account.broker_id
    brokers = BROKERS.of(workshop.account.account_id)
    found = await workshop.store.get(brokers, broker_id)
    assert found is not None
    attach = {"invoicePdf": True, "entryLines": True}
    content = dump_party(BrokerContent.model_validate(found["content"] | {"attach": attach}))
    change = {"$set": {"content": content, "hash": content_hash(content)}}
    await workshop.store.transition(brokers, broker_id, {}, change, step="test.change")


async def test_the_mail_carries_what_the_brokers_record_asks_for(workshop: Workshop) -> None:
    await wants_all(workshop)
    plan = await workshop.plan(await workshop.orders(1))
    await workshop.an_executor().executing.execute(workshop.execute_command(plan))

    export = await workshop.export(plan.export_id)

    table, pdf = export["deliveries"]["BROKER"]["also"]
    assert table["filename"] == "entry_lines.csv"
    assert pdf["filename"].startswith("invoice-unit_")
    assert (await workshop.store.get_blob(pdf["sha256"])).startswith(b"%PDF-")
    assert "also" not in export["deliveries"]["WAREHOUSE"]
    assert len(export["artifacts"]) == 5


async def test_a_print_that_fails_holds_no_execution_up(workshop: Workshop) -> None:
    await wants_all(workshop)
    plan = await workshop.plan(await workshop.orders(1))
    broken = workshop.an_executor(printer=Broken(1, PATIENCE))

    await broken.executing.execute(workshop.execute_command(plan))

    export = await workshop.export(plan.export_id)
    assert export["state"] == "EXECUTED"
    assert [f["filename"] for f in export["deliveries"]["BROKER"]["also"]] == ["entry_lines.csv"]


def test_a_page_of_an_entry_is_what_is_printed_of_it() -> None:
    [page] = entry_pages(a_page())

    assert page == a_page()

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_mailer.transports import Transports
from broker_mailer.transports.base import CarriageError, OutboundMail, RefusedForNow, Transport
from broker_mailer.transports.folder import FolderTransport

MAIL = OutboundMail("a@b.example", "c@d.example", "<../sub_1@x.example>", b"one\r\n")


async def carry(transport: Transport, mail: OutboundMail = MAIL) -> None:
    async with transport.open() as session:
        await session.offer(mail)
        await session.send(mail)


def test_a_test_accounts_mail_never_takes_the_live_transport(tmp_path: Path) -> None:
    live, sandbox = FolderTransport(tmp_path / "live"), FolderTransport(tmp_path / "sandbox")
    transports = Transports(live=live, sandbox=sandbox)

    assert transports.carrying(MAIL.recipient, test=True) is sandbox
    assert transports.carrying(MAIL.recipient, test=False) is live


async def test_a_folder_holds_a_mail_once_however_often_it_is_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "when needed"

    await carry(FolderTransport(folder))
    await carry(FolderTransport(folder))

    assert [file.name for file in folder.iterdir()] == [".._sub_1_x.example.eml"]
    assert next(folder.iterdir()).read_bytes() == MAIL.data


async def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("no folder")

    with pytest.raises(RefusedForNow):
        await carry(FolderTransport(occupied))


async def test_a_folder_that_goes_away_meanwhile_is_tried_again(tmp_path: Path) -> None:
    async with FolderTransport(tmp_path / "gone").open() as session:
        await session.offer(MAIL)
        (tmp_path / "gone").rmdir()
        with pytest.raises(RefusedForNow):
            await session.send(MAIL)


@given(st.text(st.characters(), max_size=600) | st.just("\udcff\x00\r\n\u2028"))
def test_what_a_server_says_is_kept_as_one_storable_line(words: str) -> None:
    kept = str(CarriageError(words))

    kept.encode("utf-8")
    assert len(kept) <= 500
    assert kept.isprintable()

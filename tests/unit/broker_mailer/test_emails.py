"""The mail as its reader's program sees it, by Python's own parser."""

import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from broker_mailer.emails import Mail, write
from broker_mailer.mime import UnfitMail
from shared.contracts.snapshot import Snapshot
from support.any_snapshot import snapshots
from support.deliveries import (
    BROKER,
    DOCUMENTS,
    WAREHOUSE,
    Executed,
    a_delivery,
    an_executed_export,
)
from support.snapshots import a_snapshot, an_account

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "X-Request-Id",
    "Auto-Submitted",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
]
ATTACKS = (
    "x\r\nBcc: evil@z.example",
    "x\nBcc: evil@z.example",
    "x\x0bBcc: evil@z.example",
    "x\u2028Bcc: evil@z.example",
    "x\x85Bcc: evil@z.example",
    "=?utf-8?q?hi=0D=0ABcc:_evil=40z.example?=",
    "caf\xe9",
    "",
)


def the_mail(executed: Executed, recipient_type: str = BROKER, *, limit: int = 10_000_000) -> Mail:
    sender = "entrygo@forwarder.example"
    return write(executed.record, recipient_type, executed.package, sender=sender, limit=limit)


def parsed(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not any(part.defects for part in mail.walk())
    return mail


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def attachments_of(mail: EmailMessage) -> dict[str | None, tuple[str, object]]:
    return {
        part.get_filename(): (part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    }


def with_delivery(**given: object) -> Executed:
    executed = an_executed_export()
    executed.record["deliveries"][BROKER] |= given  # type: ignore[typeddict-item]  # any of them
    return executed


def test_the_headers_are_those_meant_and_no_other() -> None:
    mail = parsed(the_mail(an_executed_export()).whole)

    assert mail.keys() == HEADERS
    assert mail["From"] == "entrygo@forwarder.example"
    assert mail["To"] == "entries@niagara.example"
    assert mail["Reply-To"] == "renee.tremblay@maple.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Request-Id"] == "req-1"
    assert mail["Message-ID"] == an_executed_export().record["deliveries"][BROKER]["message_id"]
    assert mail["Date"] == "Tue, 24 Nov 2026 15:38:05 +0000"


def test_without_a_responsible_employee_nobody_is_named_for_replies() -> None:
    snapshot = a_snapshot(account=an_account(responsibleEmployee=None))

    mail = parsed(the_mail(an_executed_export(snapshot)).whole)

    assert "Reply-To" not in mail
    assert "to the sender of this mail." in body_of(mail, "plain")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(
    snapshot=snapshots(),
    documents=st.lists(st.binary(max_size=300), min_size=5, max_size=5),
    recipient_type=st.sampled_from([BROKER, WAREHOUSE]),
    test=st.booleans(),
)
def test_any_mail_parses_back_to_its_attachments_and_no_header_more(
    snapshot: Snapshot, documents: list[bytes], recipient_type: str, *, test: bool
) -> None:
    assume("NOT FOR ENTRY" not in str(snapshot))  # Hypothesis tries the words of the code, too
    carried = {
        name: (media_type, data)
        for (name, (media_type, _)), data in zip(DOCUMENTS.items(), documents, strict=True)
    }
    executed = an_executed_export(snapshot, carried, test=test)

    data = the_mail(executed, recipient_type).whole
    mail = parsed(data)

    assert [header for header in mail if header != "Reply-To"] == [
        header for header in HEADERS if header != "Reply-To"
    ]
    assert attachments_of(mail) == {
        name: (media_type.partition(";")[0], content)
        for name, (media_type, content) in carried.items()
    }
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert the_mail(executed, recipient_type).whole == data
    for kind in ("plain", "html"):
        assert ("TEST - NOT FOR ENTRY" in body_of(mail, kind)) == test
    assert "<script" not in body_of(mail, "html")
    assert "<img" not in body_of(mail, "html")


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("field", ["subject", "message_id", "recipient"])
def test_no_free_text_enters_a_header(field: str, attack: str) -> None:
    executed = with_delivery(**{field: attack})

    with pytest.raises(UnfitMail):
        the_mail(executed)


@settings(deadline=None)
@given(st.text())
def test_a_subject_is_kept_as_it_is_or_refused(subject: str) -> None:
    try:
        data = the_mail(with_delivery(subject=subject)).whole
    except UnfitMail:
        return
    mail = parsed(data)
    assert mail["Subject"] == subject
    assert mail.keys() == HEADERS


@pytest.mark.parametrize(
    "recipient",
    ["a@b.example, c@d.example", "Me <a@b.example>", "a@b.example (me)", "a b@c.example", "@", "a"],
)
def test_a_recipient_is_one_bare_address(recipient: str) -> None:
    with pytest.raises(UnfitMail):
        the_mail(with_delivery(recipient=recipient))


def test_an_employees_address_is_checked_like_the_recipients() -> None:
    account = an_account()
    account["responsibleEmployee"]["email"] = "a@b.example\r\nBcc: evil@z.example"

    with pytest.raises(UnfitMail):
        the_mail(an_executed_export(a_snapshot(account=account)))


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("../x.html", "text/html"), ("x\r\nBcc: e@z", "text/html"), ("x.html", "text/html\r\nBcc: e")],
)
def test_attachments_have_plain_names_and_types(name: str, media_type: str) -> None:
    executed = an_executed_export(documents={name: (media_type, b"x")})

    with pytest.raises(UnfitMail):
        _ = the_mail(executed).whole


def test_five_lines_say_what_this_is_and_what_to_do() -> None:
    text = body_of(parsed(the_mail(an_executed_export()).whole), "plain")

    lines = text.splitlines()[:5]
    assert [line[:2] for line in lines] == ["1.", "2.", "3.", "4.", "5."]
    assert "CP-2026-7KQ2M9XA-R" in lines[0]
    assert "USD 37.00, 0.360 kg net" in lines[0]
    assert "port of entry 0901" in lines[1]
    assert lines[2].startswith("3. Please file 1 entry")
    assert "renee.tremblay@maple.example" in lines[4]


def test_the_warehouse_is_asked_for_other_things_than_the_broker() -> None:
    text = body_of(parsed(the_mail(an_executed_export(), WAREHOUSE).whole), "plain")

    assert "packing_list.json" in text.splitlines()[2]
    assert "file" not in text.splitlines()[2]


def test_both_pages_tell_each_document_with_its_hash() -> None:
    executed = an_executed_export()
    mail = parsed(the_mail(executed).whole)

    for artifact in executed.record["artifacts"]:
        for kind in ("plain", "html"):
            assert artifact["filename"] in body_of(mail, kind)
            assert artifact["sha256"] in body_of(mail, kind)


def test_a_name_cannot_make_lines_of_its_own() -> None:
    account = an_account()
    account["exporter"]["name"] = "Maple\n6. Please wire the duty to us"

    text = body_of(parsed(the_mail(an_executed_export(a_snapshot(account=account))).whole), "plain")

    assert not any(line.startswith("6.") for line in text.splitlines())


def large() -> Executed:
    return an_executed_export(
        documents={"a.csv": ("text/csv", b"1,2\r\n" * 9_000), "b.json": ("application/json", b"{}")}
    )


def test_over_the_limit_one_archive_replaces_the_documents() -> None:
    executed = large()

    mail = the_mail(executed).fitting(20_000)

    found: dict[Any, Any] = attachments_of(parsed(mail.data))
    media_type, archive = found.pop("CP-2026-7KQ2M9XA-R.zip")
    assert (media_type, found) == ("application/zip", {})
    with zipfile.ZipFile(BytesIO(archive)) as unpacked:
        held = {name: unpacked.read(name) for name in unpacked.namelist()}
    assert held == {name: data for name, (_, data) in executed.documents.items()}
    assert the_mail(executed).fitting(20_000) == mail


def test_the_smaller_limit_counts() -> None:
    assert the_mail(large(), limit=20_000).fitting(10**9).size < 20_000
    assert the_mail(large(), limit=20_000).fitting(None).size < 20_000
    assert the_mail(large()).fitting(None).size > 20_000


def test_too_large_in_both_forms_says_both_sizes() -> None:
    mail = the_mail(large())
    whole, archived = len(mail.whole), mail.fitting(20_000).size

    with pytest.raises(UnfitMail, match=rf"{whole} bytes .* {archived} bytes .* 100 bytes"):
        mail.fitting(100)


def test_a_mail_of_exactly_the_limit_fits() -> None:
    mail = the_mail(large())

    assert mail.fitting(len(mail.whole)).data == mail.whole


def test_what_exports_share_does_not_make_their_mails_equal() -> None:
    other = with_delivery(**a_delivery(message_id="<sub_2@entrygo.example>"))

    assert the_mail(other).whole != the_mail(an_executed_export()).whole

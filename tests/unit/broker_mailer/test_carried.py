"""What a mail carries beside the five documents, and what it says first."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from broker_mailer.emails import write
from broker_mailer.repository import Package
from shared.contracts.lifecycle import Attached
from shared.letters import Letter
from support.deliveries import BROKER, DOCUMENTS, WAREHOUSE, Executed, an_executed_export


def sent(executed: Executed, package: Package, recipient_type: str = BROKER) -> EmailMessage:
    sender = "entrygo@forwarder.example"
    mail = write(executed.record, recipient_type, package, sender=sender, limit=10_000_000)
    parsed = message_from_bytes(mail.whole, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_what_a_delivery_carries_beside_the_five_is_attached_and_listed() -> None:
    executed = an_executed_export()
    pdf = Attached(
        filename="invoice-unit_1.pdf", media_type="application/pdf", sha256="0" * 64, size_bytes=5
    )
    executed.record["deliveries"][BROKER]["also"] = [pdf]
    package = Package(executed.letter, (*executed.package.documents, (pdf, b"%PDF-")))

    mail = sent(executed, package)

    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert files.keys() == {*DOCUMENTS, "invoice-unit_1.pdf"}
    assert files["invoice-unit_1.pdf"] == b"%PDF-"
    assert "- invoice-unit_1.pdf, 5 bytes" in text_of(mail)
    assert "invoice-unit_1.pdf" not in text_of(sent(executed, executed.package, WAREHOUSE))


def test_what_needs_the_brokers_eye_comes_before_the_entries() -> None:
    executed = an_executed_export()
    letter: Letter = {**executed.letter, "notes": ["Lines 1-3: a case may cover it."]}

    mail = sent(executed, Package(letter, executed.package.documents))

    for kind, entry in (("plain", "Entry 1 of 1"), ("html", "<th")):
        text = text_of(mail, kind)
        assert text.index("Lines 1-3: a case may cover it.") < text.index(entry)

"""The mail of a package: what it says is in `templates/`, what it carries is here.

No free text enters a header: subject and ids are printable ASCII, addresses are bare and checked,
names of headers are literals. Boundaries and date come from the delivery and the execution, so the
mail of each try is the same bytes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import format_datetime
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter, ValidationError

from broker_mailer.mime import Attachment, UnfitMail, mixed
from broker_mailer.pages import render
from broker_mailer.repository import Package
from broker_mailer.transports.base import OutboundMail
from shared.archive import zip_archive
from shared.canonical import sha256_hex
from shared.clock import parse_timestamp
from shared.contracts.lifecycle import Delivery, ExportRecord
from shared.contracts.parties import Email
from shared.letters import Letter

_PLAIN: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?")
_EMAIL: Final = TypeAdapter[str](Email)


@dataclass(frozen=True)
class Mail:
    """A mail in its two forms: with the documents, or with them in one archive."""

    sender: str
    recipient: str
    message_id: str
    limit: int
    least: int  # bytes of the documents alone
    build: Callable[[bool], bytes]

    @cached_property
    def whole(self) -> bytes:
        return self.build(False)  # noqa: FBT003  # the one argument: archived

    def fitting(self, max_size: int | None) -> OutboundMail:
        """The form that both our limit and the other side's allow.

        Raises:
            UnfitMail: when even the archive is too large, with both sizes.
        """
        limit = min(self.limit, max_size or self.limit)
        # What cannot fit is not built: five large documents take many times their size.
        data = self.whole if self.least <= limit else None
        if data is None or len(data) > limit:
            data = self.build(True)  # noqa: FBT003  # as above
        if len(data) > limit:
            raise UnfitMail(
                f"The mail is too large: {len(self.whole)} bytes with its documents,"
                f" {len(data)} bytes with them in one archive; {limit} bytes are allowed."
            )
        return OutboundMail(self.sender, self.recipient, self.message_id, data)


def write(
    export: ExportRecord, recipient_type: str, package: Package, *, sender: str, limit: int
) -> Mail:
    """The mail to the broker or the warehouse, of at most `limit` bytes.

    Raises:
        UnfitMail: for a subject, an address or an id that no header may hold.
    """
    delivery = export["deliveries"][recipient_type]
    headers = _headers(export, delivery, package.letter, sender)
    documents = [(r["filename"], r["media_type"], data) for r, data in package.documents]

    def build(archived: bool) -> bytes:  # noqa: FBT001  # a callback of one argument
        pages = render(export, recipient_type, package.letter, archived=archived)
        carried = [_archive(export, documents)] if archived else documents
        return _assemble(headers, pages, carried)

    least = sum(len(data) for _, _, data in documents)
    return Mail(sender, delivery["recipient"], headers["Message-ID"], limit, least, build)


def _headers(
    export: ExportRecord, delivery: Delivery, letter: Letter, sender: str
) -> dict[str, str]:
    execution = export["execution"]
    if execution is None:
        raise UnfitMail("The export was not executed.")
    headers = {
        "From": _address(sender),
        "To": _address(delivery["recipient"]),
        "Subject": _plain(delivery["subject"]),
        "Date": format_datetime(parse_timestamp(execution["started_at"])),
        "Message-ID": f"<{_plain(delivery['message_id'].strip('<>'))}>",
        "X-Request-Id": _plain(execution["request_id"]),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no auto-reply, please
    }
    if letter["reply_to"] is not None:
        headers["Reply-To"] = _address(letter["reply_to"])
    return headers


def _assemble(
    headers: dict[str, str], pages: tuple[str, str], attachments: list[Attachment]
) -> bytes:
    """Headers stand as they are, each in one line, which RFC 5322 gives 998 characters."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    mark = sha256_hex(headers["Message-ID"].encode())[:32]
    return mixed(head.encode("ascii"), mark, pages, attachments)


def _archive(export: ExportRecord, documents: list[Attachment]) -> Attachment:
    data = zip_archive((filename, document) for filename, _, document in documents)
    return f"{export['package_number']}.zip", "application/zip", data


def _plain(value: str) -> str:
    """Printable ASCII that no reader decodes as an encoded word (CVE-2024-6923)."""
    if _PLAIN.fullmatch(value) is None or "=?" in value:
        raise UnfitMail(f"No header may hold {value[:100]!r}.")
    return value


def _address(value: str) -> str:
    try:
        return _plain(Address(addr_spec=_EMAIL.validate_python(value)).addr_spec)
    except (ValidationError, HeaderParseError, ValueError, IndexError) as error:
        raise UnfitMail(f"{value[:254]!r} is no mail address.") from error

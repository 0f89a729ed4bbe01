"""What a mail program reads from a body that was written as bytes."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_mailer.mime import UnfitMail, mixed

any_text = st.text(st.characters(exclude_categories=["Cs"]))
awkward_text = st.text(st.sampled_from("a.= \t\n\r\x0b\x85\u2028é-_"))


@given(st.tuples(*[any_text | awkward_text] * 2), st.lists(st.binary(max_size=200), max_size=3))
def test_any_text_and_any_bytes_come_back(pages: tuple[str, str], files: list[bytes]) -> None:
    attachments = [(f"{place}.csv", "text/csv; header=present", d) for place, d in enumerate(files)]

    data = mixed(b"To: a@b.example\r\n", "mark", pages, attachments)

    mail = message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    assert not any(part.defects for part in mail.walk())
    forms = [part for part in mail.walk() if part.get_content_type() in {"text/plain", "text/html"}]
    assert [form.get_payload(decode=True) for form in forms] == [
        page.replace("\n", "\r\n").encode() for page in pages
    ]
    assert [
        (part.get_filename(), part["Content-Type"].params["header"], part.get_payload(decode=True))
        for part in mail.iter_attachments()
    ] == [(name, "present", content) for name, _, content in attachments]
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert not {b"\r", b"\n"} & {bytes([byte]) for byte in data.replace(b"\r\n", b"")}


@pytest.mark.parametrize("name", ["a" * 201, 'a".csv', "a\r\nb.csv", "a\n", ""])
def test_a_name_that_no_header_may_hold_is_refused(name: str) -> None:
    with pytest.raises(UnfitMail):
        mixed(b"", "mark", ("", ""), [(name, "text/csv", b"")])

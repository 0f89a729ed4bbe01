"""The mail as a person sees it, in the mail catcher."""

import uuid
from typing import Any

import httpx
import pytest
from stack.servers import Addresses

from shared.store import Store
from support.deliveries import BROKER, a_mailer, an_executed_export, put
from support.mailpit import mails_to

pytestmark = pytest.mark.integration

SUPPORTED_PERCENT = 90


async def test_the_mail_is_shown_whole_by_nearly_every_reader(
    store: Store, servers: Addresses
) -> None:
    recipient = f"{uuid.uuid4().hex}@niagara.example"
    executed = an_executed_export(test=True)
    executed.record["deliveries"][BROKER] |= {"recipient": recipient}
    await put(store, executed)

    mailer = a_mailer(store, servers.smtp_port, sandbox_smtp_host=servers.smtp_host)
    await mailer(executed.account_id, executed.id, BROKER)

    (mail,) = await mails_to(servers, recipient)
    assert await attached(servers, mail) == {
        name: data for name, (_, data) in executed.documents.items()
    }
    assert mail["Subject"] == executed.record["deliveries"][BROKER]["subject"]
    assert [address["Address"] for address in mail["To"]] == [recipient]
    assert "TEST - NOT FOR ENTRY" in mail["Text"]
    assert await supported(servers, mail["ID"]) >= SUPPORTED_PERCENT


async def attached(servers: Addresses, mail: dict[str, Any]) -> dict[str, bytes]:
    async with httpx.AsyncClient(base_url=servers.mailpit_url, timeout=30) as client:
        return {
            part["FileName"]: (
                await client.get(f"/api/v1/message/{mail['ID']}/part/{part['PartID']}")
            ).content
            for part in mail["Attachments"]
        }


async def supported(servers: Addresses, mail_id: str) -> float:
    async with httpx.AsyncClient(base_url=servers.mailpit_url, timeout=30) as client:
        answer = await client.get(f"/api/v1/message/{mail_id}/html-check")
    answer.raise_for_status()
    report: dict[str, Any] = answer.json()
    percent: float = report["Total"]["Supported"]
    return percent

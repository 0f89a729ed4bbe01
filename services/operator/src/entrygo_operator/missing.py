"""What an account lacks before it can export, each with the command that gives it."""

from collections.abc import Iterator

from rich.text import Text

from entrygo_operator.parties import ACCOUNT, BROKER, WAREHOUSE, Kind, existing, of_account
from shared.clock import timestamp
from shared.needs import EXECUTE, lacks, making
from shared.records import API_KEYS, PartyDocument
from shared.store import Store


async def missing(store: Store, account_id: str) -> list[dict[str, str]]:
    """In the order in which one sets an account up; `required_for` as in a plan's."""
    account = await existing(store, ACCOUNT, account_id)
    found = list(_of_party(ACCOUNT, account))
    for kind in (WAREHOUSE, BROKER):
        parties = await of_account(store, kind.collection, account_id)
        found += [lack for party in parties for lack in _of_party(kind, party)]
        if not parties:
            make = making(kind.word, account_id)
            found.append(_row(f"There is no {kind.word}", EXECUTE, make))
    now = timestamp(await store.now())
    keys = await of_account(store, API_KEYS, account_id)
    if all(key["revoked_at"] or (key.get("expires_at") or now) < now for key in keys):
        make = f"entrygo key create --account {account_id}"
        found.append(_row("There is no API key", EXECUTE, make))
    return found


def told(found: list[dict[str, str]]) -> list[Text]:
    """For a person; the commands are to be pasted."""
    head = (
        "Missing (EXECUTE: nothing goes without; ENTRY: the broker will ask); capitals to fill in:"
    )
    lines = [Text(f"{one['required_for']:8}{one['what']}.") for one in found]
    commands = [Text(f"        {one['command']}", "bold") for one in found]
    each = [line for both in zip(lines, commands, strict=True) for line in both]
    return [Text(), Text(head), *each] if found else []


def _of_party(kind: Kind, party: PartyDocument) -> Iterator[dict[str, str]]:
    for lack in lacks(kind.word, party["_id"], party["content"]):
        yield _row(f"{lack.need.what} is {lack.state}", lack.required_for, lack.command)


def _row(what: str, required_for: str, command: str) -> dict[str, str]:
    return {"what": what[:1].upper() + what[1:], "required_for": required_for, "command": command}

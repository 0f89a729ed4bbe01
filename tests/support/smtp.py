"""A mail server on a real socket that follows a script: it refuses, hangs or drops where told.

    async with scripted_smtp({"MAIL": ["451 busy"], "DOT": [drop(keep=True)]}) as server: ...

Each stage (`GREETING`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `DOT`, `QUIT`) takes its
next act from its list, and answers as a good server does once the list is used up.
"""

import asyncio
import base64
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Act:
    """What the server does at one stage instead of what a good server does."""

    reply: str | None = None
    drop: bool = False  # ends the connection without a word
    hang: bool = False  # says nothing until the client goes
    keep: bool = False  # at DOT: the mail is stored all the same


def drop(*, keep: bool = False) -> Act:
    return Act(drop=True, keep=keep)


def hang(*, keep: bool = False) -> Act:
    return Act(hang=True, keep=keep)


@dataclass(frozen=True)
class Received:
    sender: str
    recipients: tuple[str, ...]
    data: bytes


Script = dict[str, list[Act]]

_GOOD = {
    "GREETING": "220 test.example ESMTP",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 welcome",
    "MAIL": "250 sender ok",
    "RCPT": "250 recipient ok",
    "DATA": "354 go on",
    "DOT": "250 queued as 1",
    "QUIT": "221 bye",
}


@dataclass
class ScriptedSmtp:
    """`stages` lists what clients reached, `mails` what a mailbox would hold."""

    script: Script = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    port: int = 0
    connections: int = 0
    mails: list[Received] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    _reached: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    async def reached(self, stage: str) -> None:
        """Returns as soon as a client has come so far."""
        async with asyncio.timeout(10):
            await self._reached[stage].wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            await _Conversation(self, reader, writer).hold()
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    def keep(self, received: Received) -> None:
        self.mails.append(received)

    def next_act(self, stage: str) -> Act:
        self.stages.append(stage)
        self._reached[stage].set()
        acts = self.script.get(stage)
        return acts.pop(0) if acts else Act()


class _Gone(ConnectionError):
    """The script ended the conversation."""


class _Conversation:
    def __init__(
        self, server: ScriptedSmtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._sender = ""
        self._recipients: list[str] = []

    async def hold(self) -> None:
        await self._answer("GREETING", self._server.next_act("GREETING"))
        while line := (await self._reader.readline()).decode().strip():
            self._server.commands.append(line)
            await self._obey(line)

    async def _obey(self, line: str) -> None:
        verb = line.split(" ", 1)[0].upper()
        stage = "EHLO" if verb == "HELO" else verb
        accepted = await self._answer(stage, self._server.next_act(stage))
        address = line.partition("<")[2].partition(">")[0]
        if verb == "AUTH":
            self._server.secrets.append(base64.b64decode(line.rsplit(" ", 1)[1]).decode())
        elif verb == "STARTTLS" and accepted and self._server.tls:
            await self._writer.start_tls(self._server.tls)
        elif verb == "MAIL":
            self._sender, self._recipients = address, []
        elif verb == "RCPT" and accepted:
            self._recipients.append(address)
        elif verb == "DATA" and accepted:
            await self._body()
        elif verb == "QUIT":
            raise _Gone

    async def _body(self) -> None:
        lines = []
        while (line := await self._reader.readline()) != b".\r\n":
            if not line:
                raise _Gone  # cut off before the final dot: no mail
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        act = self._server.next_act("DOT")
        if act.keep or act == Act():
            received = Received(self._sender, tuple(self._recipients), b"".join(lines))
            self._server.keep(received)
        await self._answer("DOT", act)

    async def _answer(self, stage: str, act: Act) -> bool:
        """Whether what the client asked for was granted."""
        if act.drop:
            raise _Gone
        if act.hang:
            await self._reader.read()
            raise _Gone
        reply = act.reply or self._good(stage)
        self._writer.write(reply.encode("latin-1") + b"\r\n")
        await self._writer.drain()
        return reply[0] in "23"

    def _good(self, stage: str) -> str:
        if stage != "EHLO":
            return _GOOD.get(stage, "500 what?")
        lines = ["test.example", *self._server.extensions]
        last = len(lines) - 1
        return "\r\n".join(
            f"250{' ' if index == last else '-'}{line}" for index, line in enumerate(lines)
        )


@asynccontextmanager
async def scripted_smtp(
    script: Mapping[str, Sequence[Act | str]] | None = None,
    *,
    extensions: Sequence[str] = (),
    tls: ssl.SSLContext | None = None,
    from_the_first_byte: bool = False,
) -> AsyncIterator[ScriptedSmtp]:
    acts = {
        stage: [Act(reply=act) if isinstance(act, str) else act for act in stage_acts]
        for stage, stage_acts in (script or {}).items()
    }
    server = ScriptedSmtp(acts, tuple(extensions), tls)
    listener = await asyncio.start_server(
        server.serve, "127.0.0.1", 0, ssl=tls if from_the_first_byte else None, limit=2**20
    )
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await listener.wait_closed()

"""The broker's mail server: it misbehaves by its own seeded script, and its mailbox is known."""

from collections import Counter
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import default
from random import Random
from typing import Final

from support.smtp import Act, Received, ScriptedSmtp, drop, hang

# How often a session goes wrong at a stage, and in which ways; healthy once `calm`.
_WRONG: Final = {
    "GREETING": (0.02, (Act("421 closing"), drop(), hang())),
    "MAIL": (0.03, (Act("451 busy"), drop())),
    "RCPT": (0.04, (Act("450 greylisted"), Act("550 no such mailbox"), hang())),
    "DATA": (0.04, (Act("451 busy"), Act("554 no"), drop())),
    "DOT": (
        0.12,
        (
            Act("452 no room"),
            Act("554 refused"),
            drop(),
            drop(keep=True),
            hang(),
            hang(keep=True),
        ),
    ),
}


@dataclass
class Mailbox(ScriptedSmtp):
    """How often each Message-ID arrived at each recipient; which bad sessions there were."""

    rng: Random = field(default_factory=Random)
    calm: bool = False
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad_sessions: Counter[str] = field(default_factory=Counter)

    def next_act(self, stage: str) -> Act:
        self.commands.clear()  # a run of hours must not grow
        chance, ways = _WRONG.get(stage, (0.0, ()))
        if self.calm or self.rng.random() >= chance:
            return Act()
        act = self.rng.choice(ways)
        self.bad_sessions[f"mail: {_name(act)} at {stage}"] += 1
        return act

    def keep(self, received: Received) -> None:
        headers = BytesHeaderParser(policy=default).parsebytes(received.data)
        for recipient in received.recipients:
            self.arrived[recipient, str(headers["Message-ID"]).strip()] += 1


def _name(act: Act) -> str:
    if act.reply:
        return act.reply[:3]
    return ("cut" if act.drop else "silence") + (" (kept)" if act.keep else "")

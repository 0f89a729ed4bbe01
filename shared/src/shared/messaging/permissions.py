"""Who may do what at RabbitMQ, where each service has a user of its own (docs/adr/0027).

The user bears the service's name, or `name@anything`. A process with any other user takes it that
all share one, and declares and uses everything: then nothing here protects.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from shared.messaging.declaring import exchanges
from shared.messaging.topology import (
    DEAD_EXCHANGE,
    DIRECT_EXCHANGE,
    EVENTS,
    EXCHANGE,
    MAX_LENGTH,
    OPERATOR,
    PUBLISHER,
    ROUTES,
    SERVICES,
    SUBSCRIBER,
    dead_queue,
    reply_queue,
)

USERS: Final = (*SERVICES, "gateway", OPERATOR, PUBLISHER, SUBSCRIBER)
# These count what waits everywhere, and see how old dead letters are. Whether a queue is there is
# told to who may read it, make it, or bind it; to bind it is nothing without a key to bind it by.
_WATCHES: Final = ("gateway", OPERATOR)


# A subscriber that is gone fills no disk: the oldest events make room, and each export can be read.
_BOUNDED: Final = {
    "vhost": "/",
    "name": "subscribers",
    "pattern": f"^{SUBSCRIBER}\\.",
    "apply-to": "queues",
    "priority": 0,
    "definition": {"max-length": MAX_LENGTH, "overflow": "drop-head"},
}


@dataclass(frozen=True)
class Rights:
    """Regular expressions over names of queues and exchanges, or over routing keys."""

    write: str
    read: str


@dataclass(frozen=True)
class Permissions(Rights):
    """`topics` by exchange. Each has its own: RabbitMQ allows everything on one without."""

    configure: str
    topics: dict[str, Rights]


def role_of(user: str | None) -> str | None:
    """The service whose own user this is; None of one that is shared."""
    name = (user or "").partition("@")[0]
    return name if name in USERS else None


def publisher_user(name: str) -> str:
    """The user of one publisher, which `entrygo publisher create` makes."""
    return f"{PUBLISHER}@{name}"


def publisher_of(user: str) -> str | None:
    """The name of the publisher whose user this is; `publisher` is the one that has no name."""
    role, _, name = user.partition("@")
    return (name or PUBLISHER) if role == PUBLISHER else None


def speaks_for(user: str | None, service: str | None) -> bool:
    """Whether what RabbitMQ says this user sent counts as said by the service.

    A user that all share may do everything anyway; while services change over, some still have it.
    """
    return bool(user) and role_of(user) in {None, service}


def answered(service: str) -> set[str]:
    """Whose reply queues its answers go to."""
    asked = [route for route in ROUTES if route.service == service and route.answer]
    return {asker for route in asked for asker in route.asked_by} - {PUBLISHER}


def permissions(user: str) -> Permissions:
    """Of a service's user: its own queues, the exchanges, and on them its own routing keys."""
    if user == PUBLISHER:
        nothing = Rights(_of(), _of())
        topics = {EXCHANGE: Rights(_commands(user), _of()), DIRECT_EXCHANGE: nothing}
        return Permissions(configure=_of(), write=_of(EXCHANGE), read=_of(), topics=topics)
    own = f"{user}."
    routes = [route for route in ROUTES if route.service == user]
    heard = [event.key for event in EVENTS] if user == SUBSCRIBER else []
    watched = SERVICES if user in _WATCHES else ()
    used = (EXCHANGE, DIRECT_EXCHANGE, *((DEAD_EXCHANGE,) if routes else ()))
    told = [reply_queue(asker, "") for asker in sorted(answered(user))]
    replayed = [route.queue for route in ROUTES] if user == OPERATOR else []
    topics = {
        EXCHANGE: Rights(_commands(user), _of(*(route.key for route in routes), *heard)),
        DIRECT_EXCHANGE: Rights(_of(*replayed, below=(own, *told)), _of(below=(own,))),
    }
    return Permissions(
        configure=_of(below=(own,)),
        write=_of(*used, below=(own, *(f"{service}." for service in watched))),
        read=_of(*used, *map(dead_queue, watched), below=(own,)),
        topics=topics,
    )


def definitions() -> dict[str, list[dict[str, Any]]]:
    """For RabbitMQ's `import_definitions`, but for the users' passwords."""
    return granted({user: user for user in USERS}, "/") | {
        "exchanges": [{"vhost": "/", **each} for each in exchanges()],
        "policies": [_BOUNDED],
    }


def granted(roles: Mapping[str, str], host: str) -> dict[str, list[dict[str, Any]]]:
    """What users may, each in its role, as a part of such definitions."""
    found: dict[str, list[dict[str, Any]]] = {"permissions": [], "topic_permissions": []}
    for user, role in roles.items():
        given = asdict(permissions(role))
        of = {"user": user, "vhost": host}
        topics = given.pop("topics")
        found["permissions"].append(of | given)
        found["topic_permissions"] += [
            of | {"exchange": name} | rights for name, rights in topics.items()
        ]
    return found


def _commands(user: str) -> str:
    """What it says on the exchange of commands and events."""
    asked = [route.key for route in ROUTES if user in route.asked_by]
    return _of(*asked, *(event.key for event in EVENTS if user in event.told_by))


def _of(*names: str, below: tuple[str, ...] = ()) -> str:
    """These whole names, and all that begin with one of `below`; nothing else."""
    each = [*map(_quoted, names), *(f"{_quoted(start)}.*" for start in below)]
    return f"^({'|'.join(each)})$"


def _quoted(name: str) -> str:
    return re.escape(name).replace("\\-", "-")

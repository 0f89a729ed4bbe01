"""Faults on processes and links. Each draws what it does first, and ends by itself."""

import asyncio
import signal
from random import Random
from typing import Final

from chaos.schedule import Fault, Named
from chaos.stage import Stage
from support.proxy import Way
from support.services import ALL

FROZEN: Final = (10.0, 14.0)  # seconds; beyond every lease and the sweeper's patience
TERM_SECONDS: Final = 30.0


def killing(service: str) -> Fault:
    async def play(stage: Stage, rng: Random) -> str:
        member, away = rng.choice(stage.of(service)), rng.choice((0.0, rng.uniform(0.5, 4.0)))
        member.down = bool(away)
        try:
            await member.kill()
            await asyncio.sleep(away)
        finally:
            member.down = False
        return f"{member}, away for {away:.1f} s"

    return play


def freezing(service: str) -> Fault:
    async def play(stage: Stage, rng: Random) -> str:
        member, frozen = rng.choice(stage.of(service)), rng.uniform(*FROZEN)
        try:
            member.send(signal.SIGSTOP)
            await asyncio.sleep(frozen)
        finally:
            member.send(signal.SIGCONT)
        return f"{member} for {frozen:.1f} s"

    return play


async def rolling(stage: Stage, rng: Random) -> str:
    """One after the other is asked to end, and started once it has."""
    service = rng.choice(ALL)
    for member in stage.of(service):
        member.down = True
        try:
            await asyncio.wait_for(member.stop(), TERM_SECONDS)
        except TimeoutError:
            await member.kill()
        finally:
            member.down = False
        await asyncio.sleep(3.0)
    return service


def late(name: str, *, everyone: bool) -> Fault:
    """The server's every word, and every word to it, comes later."""

    async def play(stage: Stage, rng: Random) -> str:
        chosen = stage.members if everyone else [rng.choice(stage.members)]
        seconds, held = rng.uniform(0.02, 0.25), rng.uniform(4.0, 8.0)
        links = [member.links[name] for member in chosen]
        try:
            for link in links:
                link.delay = seconds
            await asyncio.sleep(held)
        finally:
            for link in links:
                link.delay = 0.0
        return f"{name} by {seconds:.2f} s for {held:.1f} s"

    return play


def reply_lost(service: str) -> Fault:
    """The store's replies vanish for a moment, then the connections end: was it written?"""

    async def play(stage: Stage, rng: Random) -> str:
        member, held = rng.choice(stage.of(service)), rng.uniform(0.3, 2.0)
        try:
            member.links["store"].swallow("to_client")
            await asyncio.sleep(held)
        finally:
            member.links["store"].cut()
        return f"{member} for {held:.1f} s"

    return play


def half_open(way: Way) -> Fault:
    """The connections that stand lose all that goes this way; neither end is told."""

    async def play(stage: Stage, rng: Random) -> str:
        member, name = rng.choice(stage.members), rng.choice(("rabbit", "store"))
        held = rng.uniform(5.0, 15.0)
        member.links[name].swallow(way)
        await asyncio.sleep(held)
        return f"{member} to {name}, watched for {held:.1f} s"

    return play


async def silent(stage: Stage, rng: Random) -> str:
    """New connections are taken, and nothing is said on them; those that stand are cut."""
    member, name = rng.choice(stage.members), rng.choice(("rabbit", "store"))
    held = rng.uniform(4.0, 12.0)
    try:
        member.links[name].silent = True
        member.links[name].cut()
        await asyncio.sleep(held)
    finally:
        member.links[name].silent = False
        member.links[name].cut()
    return f"{name} to {member} for {held:.1f} s"


async def cut(stage: Stage, rng: Random) -> str:
    member, times = rng.choice(stage.members), rng.randint(1, 4)
    for _ in range(times):
        for link in member.links.values():
            link.cut()
        await asyncio.sleep(0.5)
    return f"{member}, {times} times"


async def clocks_apart(stage: Stage, rng: Random) -> str:
    """A gateway starts behind a slow link to the store, whose clock it reads."""
    member = rng.choice(stage.of("gateway"))
    seconds, held = rng.uniform(0.1, 0.6), rng.uniform(6.0, 10.0)
    try:
        member.links["store"].delay = seconds
        await member.kill()
        await asyncio.sleep(held)
    finally:
        member.links["store"].delay = 0.0
    return f"{member} by {seconds:.2f} s for {held:.1f} s"


PROCESSES: Final = [
    *(Named(f"SIGKILL: {service}", killing(service)) for service in ALL),
    *(Named(f"SIGSTOP beyond the leases: {service}", freezing(service)) for service in ALL),
    Named("SIGTERM, rolling", rolling),
]
LINKS: Final = [
    Named("store slow", late("store", everyone=True)),
    Named("RabbitMQ slow", late("rabbit", everyone=False)),
    *(Named("store's reply lost after the write", reply_lost(service)) for service in ALL),
    Named("one direction swallowed: to the server", half_open("to_server")),
    Named("one direction swallowed: from the server", half_open("to_client")),
    Named("server silent", silent),
    Named("connections cut", cut),
    Named("clocks apart", clocks_apart),
]

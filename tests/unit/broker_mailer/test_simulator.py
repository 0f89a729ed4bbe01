"""What a reserved address does is told by the address and the stored tries alone."""

import pytest

from broker_mailer.transports import Transports
from broker_mailer.transports.base import (
    CarriageError,
    OutboundMail,
    RefusedForGood,
    RefusedForNow,
    Transport,
    Unclear,
)
from broker_mailer.transports.simulator import Simulator
from shared.errors import Refused
from shared.simulator import Simulated, check_address

REAL = Simulator(Simulated.SENT, 0)  # stands for a transport that must not be reached
TRANSPORTS = Transports(live=REAL, sandbox=REAL)


async def outcome(
    address: str, failures: int = 0, *, test: bool = True
) -> type[CarriageError] | None:
    transport: Transport = TRANSPORTS.carrying(address, test=test, failures=failures)
    assert transport is not REAL
    mail = OutboundMail("a@b.example", address, "<sub_1@x.example>", b"")
    try:
        async with transport.open() as session:
            await session.offer(mail)
            await session.send(mail)
    except CarriageError as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("simulated", "outcomes"),
    [
        (Simulated.SENT, [None]),
        (Simulated.REJECTS, [RefusedForGood] * 3),
        (Simulated.BUSY, [RefusedForNow, RefusedForNow, None, None]),
        (Simulated.SILENT, [Unclear] * 3),
        (Simulated.LATE, [Unclear] * 3),
        (Simulated.STALLS, [None]),
    ],
)
async def test_each_try_ends_as_the_number_of_failures_before_it_says(
    simulated: Simulated, outcomes: list[type[CarriageError] | None]
) -> None:
    assert [await outcome(simulated.address, n) for n in range(len(outcomes))] == outcomes


@pytest.mark.parametrize("address", [*(each.address for each in Simulated), "x@Simulator.Invalid"])
async def test_a_live_accounts_mail_to_a_reserved_address_is_refused_and_never_simulated(
    address: str,
) -> None:
    assert await outcome(address, test=False) is RefusedForGood
    with pytest.raises(Refused) as refused:
        check_address(address, test=False)
    assert refused.value.refusal.field == "email"


async def test_of_a_test_account_too_only_the_six_addresses_are_taken() -> None:
    for each in Simulated:
        check_address(each.address, test=True)
    check_address("desk@simulator.example", test=False)

    assert await outcome("else@simulator.invalid") is RefusedForGood
    with pytest.raises(Refused, match="there are only"):
        check_address("else@simulator.invalid", test=True)

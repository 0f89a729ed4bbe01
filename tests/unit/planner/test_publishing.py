"""Which publisher may write for which account."""

import pytest

from planner.settings import Publishers
from planner.use_cases.publishing import Publishing
from shared.errors import Refused
from shared.messaging.journey import Asking
from shared.records import Publisher

SHOP: Publisher = {"_id": "shop", "accounts": ["acc_1"], "created_at": "", "revoked_at": None}
GONE: Publisher = SHOP | {"_id": "gone", "revoked_at": "2026-11-24T10:00:00.000Z"}


class Known:
    async def publisher(self, name: str) -> Publisher | None:
        return {"shop": SHOP, "gone": GONE}.get(name)


async def may(user: str, account: str = "acc_1", taken: Publishers = Publishers.SIGNED) -> bool:
    publishing = Publishing(Known(), taken)  # type: ignore[arg-type]  # what is asked of it
    try:
        await publishing.check(Asking(user, waits=False), account)
    except Refused as error:
        assert error.refusal.status == 403  # noqa: PT017  # of each refusal
        return False
    return True


@pytest.mark.parametrize("taken", Publishers)
@pytest.mark.parametrize("user", ["gateway", "operator", "gateway@test", "a user that all share"])
async def test_who_is_no_publisher_writes_for_every_account(user: str, taken: Publishers) -> None:
    assert await may(user, "acc_2", taken)


@pytest.mark.parametrize("taken", Publishers)
async def test_a_publisher_writes_for_its_accounts_until_it_is_revoked(taken: Publishers) -> None:
    assert await may("publisher@shop", "acc_1", taken)
    assert not await may("publisher@shop", "acc_2", taken)
    assert not await may("publisher@gone", "acc_1", taken)
    assert not await may("publisher@nobody", "acc_1", taken)


async def test_a_setting_says_whether_the_shared_user_and_nobody_count() -> None:
    counts = {
        taken: (await may("publisher", "acc_2", taken), await may("", "acc_2", taken))
        for taken in Publishers
    }

    assert counts == {
        Publishers.NAMED: (False, False),
        Publishers.SIGNED: (True, False),
        Publishers.ANY: (True, True),
    }

"""Which account a message from inside the company may write to, by who RabbitMQ says sent it."""

from planner.repository import Repository
from planner.settings import Publishers
from shared.contracts.errors import ErrorCode
from shared.errors import Refused
from shared.messaging.journey import Asking
from shared.messaging.topology import PUBLISHER


class Publishing:
    def __init__(self, repository: Repository, taken: Publishers) -> None:
        self._repository = repository
        self._taken = taken

    async def check(self, sender: Asking, account_id: str) -> None:
        """Raises `Refused`: the sender may not write for the account, or does not say who it is."""
        if not sender.user and self._taken is not Publishers.ANY:
            raise _refused("user_id", "The message does not say who sends it: set `user_id`.")
        name = sender.publisher
        if name is None or (name == PUBLISHER and self._taken is not Publishers.NAMED):
            return
        known = await self._repository.publisher(name)
        if known is None or known["revoked_at"]:
            raise _refused("user_id", f"There is no publisher {name}.")
        if account_id not in known["accounts"]:
            raise _refused("account_id", f"Publisher {name} may not write for {account_id}.")


def _refused(field: str, why: str) -> Refused:
    return Refused(ErrorCode.INVALID_ACCOUNT_SCOPE, why, field=field)

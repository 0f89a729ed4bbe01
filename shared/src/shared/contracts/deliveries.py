"""Commands about deliveries."""

from pydantic import Field

from shared.contracts.base import Command
from shared.contracts.catalogue import Id


class SendDelivery(Command):
    """`deliveries.send`: a wake-up; what is due stands in the export's record."""

    export_id: Id
    recipient_type: str = Field(pattern=r"^(BROKER|WAREHOUSE)$")

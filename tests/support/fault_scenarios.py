"""Ways past a failure: damaged bytes, lost messages, dead letters, and what operators do."""

import asyncio

from shared.clock import timestamp, utc_now
from shared.contracts.exports import OperateAction
from shared.contracts.lifecycle import Execution
from shared.contracts.orders import OrderFact
from shared.contracts.sync import SyncOrders
from shared.ids import derived_id, minted_id
from shared.messaging import dead_letters, topology
from shared.records import ORDERS
from support.scenario import Scenario
from support.shop import SWEATER, an_order
from support.waiting import until


class FailedDelivery(Scenario):
    """A file's bytes are damaged when it is to be mailed; mended, it is sent by a resubmit."""

    async def prepare(self) -> None:
        await self.lab.of("broker-mailer").kill()
        self.plan = await self.planned(await self.shop.sync())
        answer = await self.executed(self.plan)
        self.torn = await self.lab.tear_blob(answer["artifacts"][0]["sha256"])

    async def act(self) -> None:
        export_id = self.plan["exportId"]
        export = await self.lab.settled(self.shop, export_id)
        assert export["status"] == "DELIVERY_FAILED", export
        await self.lab.mend_blob(self.torn)
        await self.executed(self.plan, resubmit=True)
        await self.shop.until_status(export_id, "COMPLETED")
        self.ended.append(export_id)
        export = await self.lab.settled(self.shop, export_id)
        kinds = [event["type"] for event in export["events"]]
        assert kinds.count("BROKER_SUBMISSION_RETRIED") == 1


class UnclearDelivery(Scenario):
    """The mailer died while it sent; what nobody can know is told, and resubmitted."""

    resent = 1

    async def prepare(self) -> None:
        await self.lab.arm("broker-mailer", "broker_mailer.record_sending:before:1")
        self.plan = await self.planned(await self.shop.sync())
        await self.executed(self.plan)
        await self.lab.dead("broker-mailer")

    async def act(self) -> None:
        export_id = self.plan["exportId"]
        self.ended.append(export_id)
        export = await self.lab.settled(self.shop, export_id)
        statuses = {notification["status"] for notification in export["notifications"]}
        assert "UNKNOWN" in statuses
        await self.executed(self.plan, resubmit=True)
        await self.shop.until_status(export_id, "COMPLETED")


class Void(Scenario):
    async def prepare(self) -> None:
        self.orders = await self.shop.sync()
        self.plan = await self.planned(self.orders)
        await self.delivered(self.plan)

    async def act(self) -> None:
        await self.lab.operate(self.plan["exportId"], OperateAction.VOID)
        export = await self.shop.inspect(self.plan["exportId"])
        kinds = [event["type"] for event in export["events"]]
        assert (export["state"], kinds.count("EXPORT_VOIDED")) == ("VOIDED", 1)
        await self.delivered(await self.planned(self.orders))


class Confirm(Void):
    async def act(self) -> None:
        export_id = self.plan["exportId"]
        await self.lab.change_export(export_id, **{"deliveries.BROKER.status": "UNKNOWN"})
        await self.lab.operate(export_id, OperateAction.CONFIRM_DELIVERY)
        export = await self.shop.until_status(export_id, "COMPLETED")
        kinds = [event["type"] for event in export["events"]]
        assert kinds.count("DELIVERY_CONFIRMED") == 1


class LostMessage(Scenario):
    """The executor died, and the message it had in hand is gone: nobody but the sweeper knows."""

    async def prepare(self) -> None:
        self.plan = await self.planned(await self.shop.sync())
        await self.lab.arm("executor", "executor.start_execution:after:1")
        self.client = asyncio.create_task(self.executed(self.plan))
        await self.lab.dead("executor")
        self.client.cancel()
        await self.lab.lose_message(topology.EXPORTS_EXECUTE.queue)

    async def act(self) -> None:
        await self.lab.settled(self.shop, self.plan["exportId"])
        await self.delivered(self.plan)


class Stalled(LostMessage):
    """Given up after ten tries; an operator resumes it."""

    async def prepare(self) -> None:
        await super().prepare()
        stall = {"execution.stalled": True, "execution.failures": 10}
        await self.lab.change_export(self.plan["exportId"], **stall)

    async def act(self) -> None:
        await self.lab.operate(self.plan["exportId"], OperateAction.RESUME)
        await super().act()


class FailingExecution(Scenario):
    """The snapshot's bytes are damaged, and mended while it is tried again."""

    async def prepare(self) -> None:
        self.plan = await self.planned(await self.shop.sync())
        self.whole = await self.lab.replace_snapshot(self.plan["exportId"], b"torn")

    async def act(self) -> None:
        export_id = self.plan["exportId"]
        running = asyncio.create_task(self.delivered(self.plan))

        async def failed() -> Execution | None:
            execution = (await self.lab.export(export_id))["execution"]
            return execution if execution and execution["failures"] else None

        await until(failed)
        await self.lab.replace_snapshot(export_id, self.whole)
        export = await running
        assert export["last_error"] is None


class PublishedOrders(Scenario):
    """A service inside the company publishes an order and waits for no reply."""

    async def prepare(self) -> None:
        await self.shop.post("/api/products/sync", {"items": [SWEATER]})

    async def act(self) -> None:
        await self.publish()
        await self.arrived()

    async def publish(self) -> str:
        line = {"productExternalId": "SW-1", "quantity": 2, "unitValueCents": 8_025}
        command = SyncOrders(
            command_id=minted_id("cmd_"),
            account_id=self.shop.account.account_id,
            request_id="req-publisher",
            issued_at=timestamp(utc_now()),
            items=(OrderFact.model_validate(an_order("A-1", "") | {"items": [line]}),),
        )
        await self.lab.messages.publish(topology.ORDERS_SYNC, command, step="test.publish")
        return command.command_id

    async def arrived(self) -> None:
        account_id = self.shop.account.account_id
        order_id, orders = derived_id("ord_", account_id, "A-1"), ORDERS.of(account_id)
        await until(lambda: self.lab.store.get(orders, order_id))
        await self.delivered(await self.planned([order_id]))


class ReplayedDeadLetter(PublishedOrders):
    """The order names a product that comes only later."""

    async def prepare(self) -> None:
        """The product is not there."""

    async def act(self) -> None:
        command_id = await self.publish()

        async def buried() -> bool:
            letters = await dead_letters.listed(self.lab.messages, "planner")
            return command_id in {letter.id for letter in letters}

        await until(buried)
        await super().prepare()
        assert await dead_letters.replay(self.lab.messages, "planner", command_id)
        await self.arrived()

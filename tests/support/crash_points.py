"""Which step is passed by which scenario, and which of them a run takes."""

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from shared.messaging.topology import ROUTES
from shared.steps import collect
from support import fault_scenarios, scenarios
from support.scenario import Scenario

Way = TypeVar("Way")
ROOT = Path(__file__).parents[2]
SERVICES = {
    "gateway": "gateway",
    "planner": "planner",
    "executor": "executor",
    "broker_mailer": "broker-mailer",
}
ALL = os.environ.get("ENTRYGO_CRASH_POINTS") == "all"
SEED = int(os.environ.get("ENTRYGO_CRASH_SEED") or random.SystemRandom().randrange(100_000))
WHICH = "all" if ALL else f"a third, by ENTRYGO_CRASH_SEED={SEED}"

# For the steps that every export passes, which pass of them: the later ones are the plan's and the
# execute's.
_PASSES: dict[str, tuple[int, ...]] = {
    "gateway.begin_key": (1, 3, 4),
    "gateway.ask": (1, 3, 4),
    "gateway.keep_outcome": (1, 3, 4),
    "executor.wake_mailer": (1, 2),
    "operator.write_tariff_part": (1, 2),
}
_LOOP = (
    "gateway.ask",
    "gateway.begin_key",
    "gateway.count_stored",
    "gateway.keep_outcome",
    "gateway.note_key_use",
    "planner.ack_exports_plan",
    "planner.ack_products_sync",
    "planner.ack_exports_verify",
    "planner.announce_export",
    "planner.apply_products",
    "planner.create_export",
    "planner.keep_announced",
    "planner.keep_plan",
    "planner.keep_verdict",
    "planner.reply_orders_sync",
    "planner.reply_exports_plan",
    "planner.reply_products_sync",
    "planner.reply_exports_verify",
    "executor.ack_exports_execute",
    "executor.announce_export",
    "executor.ask_verify",
    "executor.claim_orders",
    "executor.finish_execution",
    "executor.keep_announced",
    "executor.put_blobs",
    "executor.reply_exports_execute",
    "executor.start_execution",
    "executor.wake_mailer",
    "broker_mailer.ack_deliveries_send",
    "broker_mailer.announce_export",
    "broker_mailer.keep_announced",
    "broker_mailer.record_sending",
    "broker_mailer.take_sending",
)
SCENARIOS: dict[str, tuple[type[Scenario], ...]] = {
    **dict.fromkeys(_LOOP, (scenarios.Loop,)),
    "planner.apply_orders": (scenarios.Loop, fault_scenarios.PublishedOrders),
    "planner.announce_synced": (scenarios.Loop, fault_scenarios.PublishedOrders),
    "planner.ack_orders_sync": (scenarios.Loop, fault_scenarios.PublishedOrders),
    "planner.replan_export": (scenarios.Replan,),
    "planner.move_mark": (scenarios.RefusedReplan,),
    "planner.put_blobs": (scenarios.LargePlan,),
    "planner.ack_exports_plan_large": (scenarios.LargePlan,),
    "planner.reply_exports_plan_large": (scenarios.LargePlan,),
    "planner.ack_exports_verify_large": (scenarios.LargePlan,),
    "planner.reply_exports_verify_large": (scenarios.LargePlan,),
    "planner.refuse_orders_sync": (fault_scenarios.ReplayedDeadLetter,),
    "executor.keep_refusal": (scenarios.StalePlan,),
    "executor.give_back": (scenarios.LostRace,),
    "executor.drop_claims": (scenarios.LostRace, fault_scenarios.Void),
    "executor.replace_claim": (scenarios.VoidClaim,),
    "executor.record_failure": (fault_scenarios.FailingExecution,),
    "executor.count_redrive": (fault_scenarios.LostMessage,),
    "executor.resubmit": (fault_scenarios.FailedDelivery,),
    "executor.operate": (fault_scenarios.Void, fault_scenarios.Confirm, fault_scenarios.Stalled),
    "executor.reply_exports_operate": (fault_scenarios.Void, fault_scenarios.Confirm),
    "executor.ack_exports_operate": (fault_scenarios.Void, fault_scenarios.Stalled),
    "executor.keep_print": (scenarios.Printed,),
    "executor.reply_packages_print": (scenarios.Printed,),
    "executor.ack_packages_print": (scenarios.Printed,),
    "gateway.ask_print": (scenarios.Printed,),
    "broker_mailer.record_unsent": (fault_scenarios.FailedDelivery,),
    "broker_mailer.expire_sending": (fault_scenarios.UnclearDelivery,),
    "gateway.free_key": (scenarios.RefusedReplan,),
    "gateway.end_lease": (scenarios.AwayPlanner,),
    "gateway.take_over_key": (scenarios.AwayPlanner,),
    "gateway.drop_expired_key": (scenarios.ExpiredKey,),
    "gateway.store_answer": (scenarios.LargeAnswer,),
}


class Case(NamedTuple, Generic[Way]):
    step: str
    when: str
    passes: int
    scenario: type[Way]

    @property
    def service(self) -> str:
        return SERVICES[self.step.partition(".")[0]]

    def __str__(self) -> str:
        return f"{self.step}:{self.when}:{self.passes}-{self.scenario.__name__}"


def named_steps() -> list[str]:
    """As the code and the routes name them."""
    sources = [*ROOT.glob("services/*/src"), ROOT / "shared" / "src"]
    return [*collect(sources), *(step for route in ROUTES for step in route.steps)]


def every_case(table: Mapping[str, tuple[type[Way], ...]]) -> list[Case[Way]]:
    return [
        Case(step, when, passes, scenario)
        for step, ways in table.items()
        for scenario in ways
        for passes in _PASSES.get(step, (1,))
        for when in ("before", "after")
    ]


def chosen_cases(table: Mapping[str, tuple[type[Way], ...]]) -> list[Case[Way]]:
    cases = every_case(table)
    if ALL:
        return cases
    return random.Random(SEED).sample(cases, len(cases) // 3)  # noqa: S311  # no secret

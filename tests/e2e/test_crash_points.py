"""Each service killed before and after each of its durable steps: everything ends as if it had not.

Nothing is excused: the process must have died at the step, and the product that is found after it
was started again must be whole. The operator's command is typed again by who saw it die.
"""

import signal
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from stack.servers import Addresses

from shared.messaging.rabbit import Messages
from shared.settings import CommonSettings
from shared.store import Store
from support.accounts import seed_account
from support.crash_points import SCENARIOS, Case, chosen_cases, named_steps
from support.lab import Lab
from support.scenario import Scenario
from support.servers import virtual_host
from support.services import ALL, Cluster
from support.typed import Typed
from support.typed_scenarios import TYPED

pytestmark = pytest.mark.e2e

SHORT = {
    "GATEWAY_REPLY_TIMEOUT": "PT3S",
    "GATEWAY_LEASE_MARGIN": "PT1S",
    "GATEWAY_STORED_EVERY": "PT0.2S",
    "EXECUTOR_REDRIVE_AFTER": "PT2S",
    "EXECUTOR_ANNOUNCE_AFTER": "PT2S",
    "ENTRYGO_REFUSAL_PATIENCE": "PT1S",
}


@pytest.fixture(scope="module")
async def lab(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lab]:
    """One running product for all cases; only the armed service is started again."""
    with virtual_host(servers) as rabbit_url:
        settings = CommonSettings(
            rabbit_url=SecretStr(rabbit_url),
            mongo_url=SecretStr(servers.mongo_url),
            mongo_database=f"test_{uuid.uuid4().hex[:12]}",
            retry_delays_ms=(100, 500),
        )
        logs: Path = tmp_path_factory.mktemp("logs")
        async with Store(settings, appname="tests") as store:
            async with Cluster(settings, servers, logs) as cluster:
                cluster.environment |= SHORT
                await cluster.start(*ALL)
                messages = Messages(settings, service="tests", healthy=store.ping)
                await messages.start()
                lab = Lab(cluster, store, messages)
                await lab.listen()
                yield lab
                await messages.stop()
            await store.drop_database()


def test_every_step_has_a_scenario() -> None:
    assert set(SCENARIOS) | set(TYPED) == set(named_steps())


@pytest.mark.parametrize("case", chosen_cases(SCENARIOS), ids=str)
async def test_a_service_that_dies_there_leaves_nothing_undone_and_nothing_twice(
    lab: Lab, case: Case[Scenario]
) -> None:
    scenario = case.scenario(lab, await seed_account(lab.store))
    try:
        await scenario.prepare()
        async with lab.killing(case.service, f"{case.step}:{case.when}:{case.passes}"):
            await scenario.act()
        await scenario.check()
    finally:
        await scenario.close()
        await lab.all_up()


@pytest.mark.parametrize("case", chosen_cases(TYPED), ids=str)
async def test_a_command_that_dies_there_and_is_typed_again_has_done_all_and_once(
    lab: Lab, case: Case[Typed], tmp_path: Path
) -> None:
    typed = case.scenario(lab, await seed_account(lab.store), tmp_path)
    try:
        await typed.prepare()
        ended = await typed.type(CRASH_AT=f"{case.step}:{case.when}:{case.passes}")
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        await typed.died()
        await typed.check(await typed.type())
    finally:
        await typed.close()

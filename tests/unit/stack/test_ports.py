import os
import socket

import pytest
from stack import ports
from stack.output import StackError


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    for stack in ("DEMO", "TEST"):
        for name in ("PORT_BASE", "AMQP_PORT", "GATEWAY_PORT"):
            monkeypatch.delenv(f"ENTRYGO_{stack}_{name}", raising=False)


def test_no_two_stacks_share_a_port() -> None:
    replicas = range(99)
    blocks = [
        {number + n for number in ports.of(stack).numbers.values() for n in replicas}
        for stack in ports.BASES
    ]

    assert not set.intersection(*blocks)


def test_port_moves_the_gateway_of_the_demo_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    test_gateway = ports.of("test")["gateway"]

    monkeypatch.setenv("PORT", "3005")

    assert ports.of("demo")["gateway"] == 3005
    assert ports.of("test")["gateway"] == test_gateway


def test_each_port_can_be_moved_by_the_setting_that_an_error_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting = ports.of("demo").setting("amqp")

    monkeypatch.setenv(setting, "5672")

    assert ports.of("demo")["amqp"] == 5672


@pytest.mark.parametrize("text", ["", "0", "-1", "abc", "65530"])
def test_what_is_no_port_is_refused_or_left_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)

    if text:
        with pytest.raises(StackError, match="PORT="):
            ports.of("demo")
    else:
        assert ports.of("demo")["gateway"] == 3000


def test_a_taken_port_is_named_with_its_holder_and_what_to_set() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]

        with pytest.raises(StackError) as told:
            ports.require_free([(number, "gateway-0", "PORT")], patience=0)

    assert str(number) in str(told.value)
    assert f"is taken by process {os.getpid()} (" in str(told.value)
    assert "PORT=" in str(told.value)

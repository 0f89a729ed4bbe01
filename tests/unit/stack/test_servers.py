import pytest
from stack import servers
from stack.output import StackError
from stack.paths import StackFolder


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in servers.GIVEN.values():
        monkeypatch.delenv(name, raising=False)


def test_nothing_given_is_nothing() -> None:
    assert servers.given() is None


def test_all_addresses_given_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in servers.GIVEN.values():
        monkeypatch.setenv(name, "2525" if name.endswith("SMTP_PORT") else "somewhere")

    found = servers.given()

    assert found is not None
    assert found.smtp_port == 2525
    assert servers.kind_of(StackFolder("test")) == "given"


def test_some_addresses_given_is_an_error_that_names_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENTRYGO_TEST_RABBIT_URL", "amqp://somewhere/")

    with pytest.raises(StackError, match="ENTRYGO_TEST_MONGO_URL"):
        servers.given()

"""How the command starts, and when it refuses to."""

import pytest

from shpbndl_mcp.app import main


@pytest.mark.parametrize("key", ["", "shpbndl_test_é"])
def test_over_stdio_a_key_is_needed_and_the_command_says_where(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ENTRYGO_API_KEY", key)

    with pytest.raises(SystemExit) as ended:
        main([])

    assert "ENTRYGO_API_KEY" in str(ended.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mcp.example.com"])  # noqa: S104  # refused
def test_it_is_reached_from_elsewhere_only_by_a_name_that_was_said(host: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--http", "--host", host])

    assert "--allow-host" in str(ended.value)


@pytest.mark.parametrize("words", [[], ["--http"]])
def test_an_address_that_is_none_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("ENTRYGO_API_URL", "localhost:3000")

    with pytest.raises(SystemExit) as ended:
        main(words)

    assert "ENTRYGO_API_URL" in str(ended.value)

"""`@command`: an async function of a session, made a command that prints what it answers.

The function's other parameters are the command's arguments and options, as typer reads them.
`--json` is added, and in the place of `given` the options of a table (options.py).
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeVar

import typer

from entrygo_operator.options import Setting
from entrygo_operator.output import Answer, show, to_json
from entrygo_operator.session import run

Work = TypeVar("Work", bound=Callable[..., Awaitable[Answer]])
_OWN = frozenset({"session", "given"})
_JSON = inspect.Parameter(
    "as_json",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, typer.Option("--json", help="Print JSON.")],
)


def command(
    group: typer.Typer,
    name: str,
    *,
    settings: Sequence[Setting] = (),
    required: Sequence[str] = (),
    about: str | None = None,
) -> Callable[[Work], Work]:
    """The function as `name` of the group; `about` is its help where it has no docstring."""

    def add(work: Work) -> Work:
        def typed(*, as_json: bool, **arguments: Any) -> None:  # noqa: ANN401  # what typer read
            if settings:
                found = {setting.path: arguments.pop(setting.name) for setting in settings}
                arguments["given"] = {p: value for p, value in found.items() if value is not None}
            answer = run(lambda session: work(session, **arguments))
            if as_json:
                typer.echo(to_json(answer.value))
            else:
                show(*answer.shown)
            if answer.failed:
                raise typer.Exit(1)

        own = inspect.signature(work).parameters.values()
        kept = [parameter for parameter in own if parameter.name not in _OWN]
        made = [_parameter(setting, required=setting.flag in required) for setting in settings]
        # typer reads the command line from the signature, so it is made from both.
        shown = [*kept, *made, _JSON]
        typed.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]  # as inspect documents it
        typed.__annotations__ = {one.name: one.annotation for one in shown}
        group.command(name, help=about or work.__doc__)(typed)
        return work

    return add


def _parameter(setting: Setting, *, required: bool) -> inspect.Parameter:
    option = typer.Option(setting.option, help=setting.help, parser=setting.parser)
    return inspect.Parameter(
        setting.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[setting.type if required else setting.type | None, option],
    )

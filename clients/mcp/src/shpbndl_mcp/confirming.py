"""Before a live customs broker is mailed, somebody agrees to exactly that.

A plan's hash names what is executed. On a live key that is not enough: an agent can copy a hash
without anybody having looked. Where the client can ask a person, the person is asked, each time,
and nothing that the agent says stands in for the answer. Where it cannot, the first call is refused
with a sentence made of what would be sent, and only a call that repeats it goes on.
"""

from collections.abc import Mapping
from typing import Any

from mcp.server.mcpserver import AcceptedElicitation, Context, Elicit, ElicitationResult
from pydantic import BaseModel, Field

from shpbndl_mcp.calls import Gateway, api, is_test, refused

IN_THE_ANSWER = "2026-07-28"
"""The MCP revision since which questions travel in a call's answer: no way back is needed."""


class Agreed(BaseModel):
    agree: bool = Field(description="Yes, send it to the broker now.")


async def agreement(
    exportId: str,  # noqa: N803  # the tool's argument
    planHash: str,  # noqa: N803
    resubmitAtRevision: int | None,  # noqa: N803
    confirm: str | None,
    ctx: Context[Gateway, Any],
) -> Agreed | Elicit[Agreed]:
    """Asks, refuses, or goes on; runs before execute does, and again with each answer.

    Raises:
        SHPBNDLError: The plan or the export is another by now, or nobody confirmed.
    """
    async with api(ctx) as client:
        export = await client.inspect(exportId)
        same(export, planHash, resubmitAtRevision)
        nothing_leaves = not (resubmitAtRevision or export["status"] == "PLANNED")
        if is_test(ctx) or nothing_leaves:  # the API refuses the rest, or answers what was done
            return Agreed(agree=True)
        brokers = (await client.account())["brokers"]
    sentence = sentence_of(export, {broker["id"]: broker["name"] for broker in brokers})
    if _can_ask(ctx):
        return Elicit(f"{sentence}? It cannot be taken back.", Agreed)
    if confirm == sentence:
        return Agreed(agree=True)
    message = f"A live broker would be mailed. To confirm, repeat the call with confirm: {sentence}"
    raise refused("CONFIRMATION_REQUIRED", message, "CONFIRM", confirm=sentence)


def agreed_to(outcome: ElicitationResult[Agreed]) -> None:
    """Goes on where somebody agreed.

    Raises:
        SHPBNDLError: The person said no, or nothing.
    """
    if not (isinstance(outcome, AcceptedElicitation) and outcome.data.agree):
        raise refused("NOT_CONFIRMED", "The person did not agree: nothing was sent.", "NONE")


def same(export: Mapping[str, Any], plan_hash: str, revision: int | None) -> None:
    """Goes on where the export is still what was shown.

    Raises:
        SHPBNDLError: It changed since `revision`, or it was planned again.
    """
    if revision is not None and revision != export["revision"]:
        message = "The export changed since that revision: nothing was sent again."
        raise refused("EXPORT_CHANGED", message, "INSPECT", revision=export["revision"])
    if export["state"] == "PLANNED" and plan_hash != export["planHash"]:
        message = "The export was planned again since: this is not its current plan."
        raise refused("PLAN_HASH_MISMATCH", message, "REPLAN")


def sentence_of(export: Mapping[str, Any], brokers: Mapping[str, str]) -> str:
    """What would be sent, and to whom: from what is stored, not from what the agent said.

    `brokers`: their names by id.
    """
    totals, submission = export["totals"], export["broker_submission"]
    if submission is None:
        verb, to = "Send", brokers.get(export["broker_id"], export["broker_id"])
    else:
        twice = export["status"] == "DELIVERY_UNKNOWN"
        verb, to = "Send again", str(submission["recipient_email"])
        to += ", who may then have it twice" if twice else ""
    value = totals["value_usd"]
    worth = f"{totals['currency']} {totals['value']}" if value is None else f"USD {value:.2f}"
    return f"{verb} {totals['orders']} order(s) worth {worth} to {to}"


def _can_ask(ctx: Context[Gateway, Any]) -> bool:
    capabilities = ctx.client_capabilities
    asked = capabilities.elicitation if capabilities else None
    if asked is None or (asked.form is None and asked.url is not None):
        return False
    return ctx.session.can_send_request or (ctx.protocol_version or "") >= IN_THE_ANSWER

"""The message contract as one AsyncAPI 3.0 document, made of topology.py and the contracts.

A routing key is a channel to publish to, a queue is a channel to read from: RabbitMQ tells them
apart, and so does AsyncAPI's AMQP binding. What AsyncAPI has no word for (a queue's arguments,
retry queues, AMQP properties) is in extensions, `x-...`.
"""

from typing import Any, Final

from pydantic import BaseModel

from contract.asyncapi_messages import messages, schemas
from shared.contracts.errors import Refusal
from shared.contracts.snapshot import PROTOCOL
from shared.messaging import topology
from shared.messaging.rpc import REFUSAL
from shared.messaging.topology import EventRoute, Route
from shared.settings import CommonSettings

Json = dict[str, Any]

_BINDING: Final = "0.3.0"
_REPLIES: Final = "replies"
_RETRY_DELAYS: Final = CommonSettings.model_fields["retry_delays_ms"].default
_ABOUT: Final = f"""\
EntryGo's commands and events on RabbitMQ ({PROTOCOL}). Services inside the company publish
`orders.sync` and `products.sync`; the other commands are EntryGo's own. /docs/messages is the
publisher's guide.

Every body is one JSON object in UTF-8. Unknown fields are ignored; new fields are optional, so old
and new versions run side by side. Money is integer US cents, weight integer grams, percents
integer hundredths. The same `command_id` twice is one command: publish again whenever in doubt.

Wrong once, wrong for ever: a body that is not its contract goes to the dead letters at once. A
refusal without `reply_to` goes there too, its error envelope as the reason; `PRODUCT_NOT_FOUND`
waits some minutes first. A server that is away is waited for, through the retry queues, for as
long as it takes. An error of the command's own is retried, and dead the tenth time."""


def asyncapi_document() -> Json:
    """The whole document; equal on every run."""
    channels: Json = {}
    operations: Json = {}
    for route in topology.ROUTES:
        channels[route.key] = _key_channel(route.key, route.contract, route.summary)
        channels[route.queue] = _queue_channel(route)
        operations[f"send.{route.key}"] = _sends(route)
        operations[f"receive.{route.key}"] = _receives(route)
    for event in topology.EVENTS:
        channels[event.key] = _key_channel(event.key, event.contract, event.summary)
        operations[f"announce.{event.key}"] = _announces(event)
    channels[_REPLIES] = _reply_channel()
    channels |= {topology.dead_queue(name): _dead_channel(name) for name in topology.SERVICES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "EntryGo messages",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"rabbitmq": _server()},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages(), "schemas": schemas()},
    }


def _server() -> Json:
    return {
        "host": "127.0.0.1:5672",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ 4.3 or newer; `ENTRYGO_RABBIT_URL` says where.",
    }


# -- channels


def _key_channel(key: str, contract: type[BaseModel], summary: str) -> Json:
    exchange = {"name": topology.EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": key,
        "title": f"Routing key {key}",
        "description": f"{summary} Published to the exchange `{topology.EXCHANGE}`.",
        "messages": _named(contract),
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": exchange | {"vhost": "/"},
                "bindingVersion": _BINDING,
            }
        },
    }


def _queue_channel(route: Route[Any, Any]) -> Json:
    delays = ", ".join(f"{delay / 1000:g} s" for delay in _RETRY_DELAYS)
    arguments = topology.work_arguments(route.service)
    return {
        "address": route.queue,
        "title": f"Queue {route.queue}",
        "description": f"Read by {route.service} alone. Retried after {delays}, the last one for "
        f"ever; what can never succeed, and what killed its worker {topology.DELIVERY_LIMIT} "
        f"times, goes to `{topology.dead_queue(route.service)}`. A full queue refuses its "
        "publisher.",
        "messages": _named(route.contract),
        "bindings": _queue_binding(route.queue, arguments),
        "x-bound-to": {"exchange": topology.EXCHANGE, "routing_key": route.key},
        "x-dead-letter-queue": topology.dead_queue(route.service),
        "x-retry-queues": [
            {
                "name": topology.retry_queue(route.queue, delay),
                "delay_ms": delay,
                "arguments": topology.retry_arguments(route.queue, delay),
            }
            for delay in _RETRY_DELAYS
        ],
    }


def _dead_channel(service: str) -> Json:
    return {
        "address": topology.dead_queue(service),
        "title": f"Dead letters of {service}",
        "description": "Kept until an operator replays or drops them: `entrygo dlq`.",
        "messages": {"DeadLetter": {"$ref": "#/components/messages/DeadLetter"}},
        "bindings": _queue_binding(topology.dead_queue(service), topology.dead_arguments()),
        "x-bound-to": {"exchange": topology.DEAD_EXCHANGE, "routing_key": service},
    }


def _reply_channel() -> Json:
    # `Any`: the routes' kinds are lost in the tuple of them all.
    answers: list[Any] = [route.answer for route in topology.ROUTES if route.answer is not None]
    named = [_named(answer) for answer in (*answers, Refusal)]
    return {
        "address": None,
        "title": "The asker's reply queue",
        "description": "Named by the AMQP property `reply_to` of the command; the answer carries "
        f"its `correlation_id`. Its AMQP `type` is the answer's name, or `{REFUSAL}`: then the "
        "body is a Refusal. Without `reply_to` there is no answer.",
        "messages": {name: message for each in named for name, message in each.items()},
    }


def _queue_binding(name: str, arguments: dict[str, object]) -> Json:
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "/"}
    return {
        "amqp": {
            "is": "queue",
            "queue": queue | {"x-arguments": arguments},
            "bindingVersion": _BINDING,
        }
    }


# -- operations


def _sends(route: Route[Any, Any]) -> Json:
    return {
        "action": "send",
        "channel": _channel(route.key),
        "summary": f"Publish {route.contract.__name__}.",
        "messages": [_in_channel(route.key, route.contract)],
        "bindings": _published(mandatory=True),
    }


def _receives(route: Route[Any, Any]) -> Json:
    found: Json = {
        "action": "receive",
        "channel": _channel(route.queue),
        "summary": route.summary,
        "description": "Acknowledged last: state written, follow-up and reply confirmed.",
        "messages": [_in_channel(route.queue, route.contract)],
        "bindings": {"amqp": {"ack": True, "bindingVersion": _BINDING}},
    }
    if route.answer is not None:
        found["reply"] = {
            "address": {
                "description": "The AMQP property `reply_to`.",
                "location": "$message.header#/reply_to",
            },
            "channel": _channel(_REPLIES),
            "messages": [
                _in_channel(_REPLIES, route.answer),
                _in_channel(_REPLIES, Refusal),
            ],
        }
    return found


def _announces(event: EventRoute) -> Json:
    return {
        "action": "send",
        "channel": _channel(event.key),
        "summary": event.summary,
        "description": f"By {event.service}, to whoever bound a queue; no reader is no error.",
        "messages": [_in_channel(event.key, event.contract)],
        "bindings": _published(mandatory=False),
    }


def _published(*, mandatory: bool) -> Json:
    return {"amqp": {"deliveryMode": 2, "mandatory": mandatory, "bindingVersion": _BINDING}}


def _channel(name: str) -> Json:
    return {"$ref": f"#/channels/{name}"}


def _in_channel(channel: str, contract: type[BaseModel]) -> Json:
    return {"$ref": f"#/channels/{channel}/messages/{contract.__name__}"}


def _named(contract: type[BaseModel]) -> Json:
    name = contract.__name__
    return {name: {"$ref": f"#/components/messages/{name}"}}

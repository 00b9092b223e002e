"""AsyncAPI 3 of the Socket.IO namespaces, made of the catalogue of commands and events."""

from collections.abc import Mapping
from typing import cast

import msgspec
from msgspec import Struct

from server.protocol.auth import AgentAuth, VisitorAuth
from server.protocol.catalogue import AGENT_COMMANDS, VISITOR_COMMANDS
from server.protocol.commands import Refused
from server.protocol.events import AGENT_EVENTS, VISITOR_EVENTS

Json = dict[str, object]
Commands = Mapping[str, tuple[type[Struct], type[Struct]]]
Events = Mapping[str, type[Struct]]

SCHEMA = "#/components/schemas/{name}"
NAMESPACES: tuple[tuple[str, type[Struct], Commands, Events], ...] = (
    ("visitor", VisitorAuth, VISITOR_COMMANDS, cast("Events", VISITOR_EVENTS)),
    ("agent", AgentAuth, AGENT_COMMANDS, cast("Events", AGENT_EVENTS)),
)


def asyncapi(version: str) -> Json:
    """Return the document."""
    kinds: dict[type[Struct], None] = {Refused: None}
    channels: Json = {}
    operations: Json = {}
    for name, auth, commands, events in NAMESPACES:
        kinds[auth] = None
        for command, answer in commands.values():
            kinds |= {command: None, answer: None}
        kinds |= dict.fromkeys(events.values())
        channels[name] = _channel(name, auth, commands, events)
        operations |= _operations(name, commands, events)
    _, schemas = msgspec.json.schema_components(list(kinds), ref_template=SCHEMA)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kefu over Socket.IO",
            "version": version,
            "license": {"name": "Apache-2.0"},
            "description": "Commands are acknowledged: `{ok: true, data}` or `{ok: false, error}`.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas},
    }


def _ref(kind: type[Struct]) -> Json:
    return {"$ref": SCHEMA.format(name=kind.__name__)}


def _channel(name: str, auth: type[Struct], commands: Commands, events: Events) -> Json:
    messages: Json = {
        "connect": {"name": "auth of CONNECT", "payload": _ref(auth), "summary": _first(auth)}
    }
    for command, (asked, answered) in commands.items():
        messages[command] = {"name": command, "payload": _ref(asked), "summary": _first(asked)}
        messages[f"{command}.ack"] = {"name": f"{command} acknowledged", "payload": _ack(answered)}
    for event, told in events.items():
        messages[event] = {"name": event, "payload": _ref(told), "summary": _first(told)}
    return {
        "address": f"/{name}",
        "title": f"Socket.IO namespace /{name}",
        "messages": messages,
    }


def _operations(name: str, commands: Commands, events: Events) -> Json:
    channel = {"$ref": f"#/channels/{name}"}
    operations: Json = {
        f"{name}.connect": {
            "action": "receive",
            "channel": channel,
            "messages": [_message(name, "connect")],
        }
    }
    for command in commands:
        operations[f"{name}.{command}"] = {
            "action": "receive",
            "channel": channel,
            "messages": [_message(name, command)],
            "reply": {"channel": channel, "messages": [_message(name, f"{command}.ack")]},
        }
    for event in events:
        operations[f"{name}.{event}"] = {
            "action": "send",
            "channel": channel,
            "messages": [_message(name, event)],
        }
    return operations


def _message(name: str, message: str) -> Json:
    return {"$ref": f"#/channels/{name}/messages/{message}"}


def _ack(answered: type[Struct]) -> Json:
    good = {
        "type": "object",
        "properties": {"ok": {"const": True}, "data": _ref(answered)},
        "required": ["ok", "data"],
    }
    return {"oneOf": [good, _ref(Refused)]}


def _first(kind: type[Struct]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]

"""Writes the wire contract as TypeScript (``make types``): python -m server.protocol.typescript."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path
from typing import cast

import msgspec
from msgspec import Struct

from server.protocol.catalogue import AGENT_COMMANDS, VISITOR_COMMANDS
from server.protocol.commands import ErrorBody
from server.protocol.events import AGENT_EVENTS, VISITOR_EVENTS

Schema = Mapping[str, object]
Commands = Mapping[str, tuple[type[Struct], type[Struct]]]
Events = Mapping[str, type[Struct]]

TARGET = Path(__file__).parents[2] / "web" / "shared" / "protocol.gen.ts"
HEADER = "// Made from server/protocol by `make types`. Do not edit.\n"
ACK = """\
/** Every command is answered with one of the two. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };
"""
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def render() -> str:
    """Return the whole contract as one TypeScript module."""
    parts = [HEADER, *_interfaces(), ACK]
    parts += [
        _commands("VisitorCommands", VISITOR_COMMANDS),
        _events("VisitorEvents", VISITOR_EVENTS),
    ]
    parts += [_commands("AgentCommands", AGENT_COMMANDS), _events("AgentEvents", AGENT_EVENTS)]
    return "\n".join(parts)


def _interfaces() -> Iterator[str]:
    kinds: set[type[Struct]] = {ErrorBody, *VISITOR_EVENTS.values(), *AGENT_EVENTS.values()}
    for pair in (*VISITOR_COMMANDS.values(), *AGENT_COMMANDS.values()):
        kinds.update(pair)
    _, components = msgspec.json.schema_components(sorted(kinds, key=lambda kind: kind.__name__))
    for name in sorted(components):
        yield _interface(name, cast("Schema", components[name]))


def _interface(name: str, schema: Schema) -> str:
    properties = cast("Mapping[str, Schema]", schema.get("properties", {}))
    required = cast("Sequence[str]", schema.get("required", ()))
    lines = [*_comment(schema, ""), f"export interface {name} {{"]
    for field, kind in properties.items():
        lines += _comment(kind, "  ")
        lines.append(f"  {field}{'' if field in required else '?'}: {_type(kind)};")
    if not properties:
        lines.append("  readonly [key: string]: never;")
    return "\n".join([*lines, "}", ""])


def _comment(schema: Schema, indent: str) -> list[str]:
    text = cleandoc(cast("str", schema.get("description", ""))).replace("*/", "* /")
    if not text:
        return []
    if "\n" not in text:
        return [f"{indent}/** {text} */"]
    body = [f"{indent} * {line}".rstrip() for line in text.splitlines()]
    return [f"{indent}/**", *body, f"{indent} */"]


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return cast("str", schema["$ref"]).rsplit("/", 1)[-1]
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in cast("Sequence[object]", schema["enum"]))
    if "anyOf" in schema:
        # "integer | number" is one type here; dict keeps the order
        members = dict.fromkeys(_type(kind) for kind in cast("Sequence[Schema]", schema["anyOf"]))
        return " | ".join(members)
    if schema["type"] == "array":
        return _array(schema)
    if schema["type"] == "object":
        values = cast("Schema", schema["additionalProperties"])
        return f"Record<string, {_type(values)}>"
    return "null" if schema["type"] == "null" else PLAIN[cast("str", schema["type"])]


def _array(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(map(_type, cast('Sequence[Schema]', schema['prefixItems'])))}]"
    item = _type(cast("Schema", schema["items"]))
    return f"({item})[]" if " | " in item else f"{item}[]"


def _commands(name: str, commands: Commands) -> str:
    rows = [
        f'  "{command}": {{ ask: {ask.__name__}; answer: {answer.__name__} }};'
        for command, (ask, answer) in commands.items()
    ]
    return "\n".join([f"export interface {name} {{", *rows, "}", ""])


def _events(name: str, events: Events) -> str:
    rows = [f'  "{event}": {kind.__name__};' for event, kind in events.items()]
    return "\n".join([f"export interface {name} {{", *rows, "}", ""])


def main() -> None:
    """Write the module, or with ``--check`` exit with 1 when it is out of date."""
    text = render()
    if "--check" in sys.argv[1:]:
        current = TARGET.read_text("utf-8") if TARGET.exists() else ""
        sys.exit(0 if current == text else f"{TARGET.name} is out of date: run `make types`")
    TARGET.write_text(text, "utf-8")


if __name__ == "__main__":
    main()

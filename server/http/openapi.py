"""OpenAPI 3.1 of the REST API, made of the table of operations and the types it names."""

import re
from collections.abc import Sequence
from typing import cast

import msgspec
from msgspec import Struct

from server.http.endpoint import Download, Endpoint, NoContent, Nothing
from server.protocol.rest import Problem

Json = dict[str, object]

FILES = (
    "application/json",
    "text/csv",
    "text/calendar",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
REF = "#/components/schemas/{name}"
REFUSALS = {
    "401": "Nobody is signed in, or the proof is wrong.",
    "403": "Not for them to do.",
    "404": "It does not exist, or not for whoever asks.",
    "409": "It no longer fits the state of things.",
    "413": "Larger than a limit; `details.setting` names it.",
    "422": "Something in the request is wrong; `field` names it.",
    "429": "Too often; `details.retry_after_ms` says how long to wait.",
    "503": "A part of the service is away; the same request may be sent again.",
}


def openapi(endpoints: Sequence[Endpoint], prefix: str, version: str) -> Json:
    """Return the document."""
    kinds: list[type[Struct]] = [Problem]
    for each in endpoints:
        if each.method != "GET" and each.takes is not Nothing:
            kinds.append(each.takes)
        if each.gives not in {NoContent, Download}:
            kinds.append(each.gives)
    names, schemas = _components(kinds)
    paths: dict[str, Json] = {}
    for each in endpoints:
        paths.setdefault(prefix + each.path, {})[each.method.lower()] = _operation(each, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kefu",
            "version": version,
            "summary": "Customer service for online shops.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "kefu_session"},
            },
            "responses": {
                status: {
                    "description": text,
                    "content": {"application/problem+json": {"schema": {"$ref": names[Problem]}}},
                }
                for status, text in REFUSALS.items()
            },
        },
    }


def _components(kinds: list[type[Struct]]) -> tuple[dict[type[Struct], str], Json]:
    """Return the reference of each type, and the schemas of all of them."""
    unique = list(dict.fromkeys(kinds))
    found, schemas = msgspec.json.schema_components(unique, ref_template=REF)
    names = {
        kind: cast("str", cast("Json", schema)["$ref"])
        for kind, schema in zip(unique, found, strict=True)
    }
    return names, cast("Json", schemas)


def _operation(each: Endpoint, names: dict[type[Struct], str]) -> Json:
    operation: Json = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": [each.tag],
        "parameters": [*_path_parameters(each.path), *_query_parameters(each)],
        "responses": _responses(each, names),
        "security": [] if each.access == "anyone" else [{"bearer": []}, {"cookie": []}],
    }
    if each.method != "GET" and each.takes is not Nothing:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": names[each.takes]}}},
        }
    return operation


def _path_parameters(path: str) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in cast("list[str]", re.findall(r"\{(\w+)\}", path))
    ]


def _query_parameters(each: Endpoint) -> list[Json]:
    kind = each.takes if each.method == "GET" else each.query
    if kind is Nothing:
        return []
    [_], schemas = msgspec.json.schema_components([kind], ref_template=REF)
    schema = cast("Json", schemas[kind.__name__])
    required = cast("list[str]", schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _plain(one)}
        for name, one in cast("dict[str, Json]", schema["properties"]).items()
    ]


def _plain(schema: Json) -> Json:
    """Leave out null: a query parameter is there or not."""
    options = [
        one for one in cast("list[Json]", schema.get("anyOf", [])) if one != {"type": "null"}
    ]
    if len(options) != 1:
        return schema
    return options[0]


def _responses(each: Endpoint, names: dict[type[Struct], str]) -> Json:
    if each.gives is NoContent:
        good: Json = {"204": {"description": "Done."}}
    elif each.gives is Download:
        files = {kind: {"schema": {"type": "string"}} for kind in FILES}
        good = {str(each.status): {"description": each.summary, "content": files}}
    else:
        content = {"application/json": {"schema": {"$ref": names[each.gives]}}}
        good = {str(each.status): {"description": each.summary, "content": content}}
    return good | {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS}

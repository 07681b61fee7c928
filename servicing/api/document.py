"""The OpenAPI 3 document of the API, and the same as plain values for its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from servicing.api.problems import PROBLEM
from servicing.api.schemas import ProblemOut

# What an operation can answer beside its success, in words for integrators.
ERRORS = {
    "401": "No token that is in force.",
    "403": "The token lacks the scope, or its person the right.",
    "404": "Nothing is here that the token may see.",
    "409": "It cannot be done as things stand.",
    "413": "More than 1,000 records, or 2.5 MB.",
    "422": "Values cannot be taken; errors names each.",
    "429": "Too many calls in this minute.",
}
_OF_WRITES = ("409", "413")
_BY_SCHEMA = "#/components/schemas/"


@cache
def document() -> dict[str, Any]:
    """The document. It is the same for everybody, as the operations are known when the server starts."""
    from servicing.api.urls import api

    found: dict[str, Any] = dict(api.get_openapi_schema())
    schemas = found["components"]["schemas"]
    problem = ProblemOut.model_json_schema(ref_template=f"{_BY_SCHEMA}{{model}}")
    schemas |= problem.pop("$defs", {})
    schemas["ProblemOut"] = problem
    operations = {
        (re.sub(r"{\w+:", "{", prefix + path), method): operation
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    for path, methods in found["paths"].items():
        for method, told in methods.items():
            _complete(told, operations[path.removeprefix("/api/v1"), method.upper()], method)
    return found


def _complete(told: dict[str, Any], operation: Any, method: str) -> None:
    scopes = [scope.value for scope in operation.view_func.scopes]
    told["operationId"] = operation.url_name
    told["x-scopes"] = scopes
    told["responses"] = {str(status): each for status, each in told["responses"].items()}
    told["description"] = " ".join(told.get("description", "").split())
    for status, reason in ERRORS.items():
        if status in _OF_WRITES and method == "get":
            continue
        told["responses"][status] = {
            "description": reason,
            "content": {PROBLEM: {"schema": {"$ref": f"{_BY_SCHEMA}ProblemOut"}}},
        }


@dataclass(frozen=True)
class Field:
    """A value that goes in or out. `within`: fields of each of its values, where it holds others."""

    name: str
    kind: str
    required: bool
    about: str
    within: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Operation:
    """One operation as its page shows it."""

    method: str
    path: str
    name: str
    title: str
    about: str
    scopes: tuple[str, ...]
    parameters: tuple[Field, ...]
    sent: tuple[Field, ...]
    answered: tuple[Field, ...]


def groups() -> list[tuple[str, list[Operation]]]:
    """The operations by subject, in the order of the document."""
    found: dict[str, list[Operation]] = {}
    every = document()
    for path, methods in every["paths"].items():
        for method, told in methods.items():
            found.setdefault(told["tags"][0], []).append(_operation(every, path, method, told))
    return list(found.items())


def _operation(every: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> Operation:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answered = told["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        method=method.upper(),
        path=path,
        name=told["operationId"],
        title=told["summary"],
        about=told["description"].replace("`", ""),
        scopes=tuple(told["x-scopes"]),
        parameters=tuple(
            Field(
                each["name"],
                _kind(each["schema"]),
                each["required"],
                each.get("description") or each["schema"].get("description", ""),
            )
            for each in told.get("parameters", [])
        ),
        sent=_fields(every, body) if body else (),
        answered=_fields(every, answered),
    )


def _resolved(every: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix(_BY_SCHEMA)
    return every["components"]["schemas"][name] if name else schema


def _fields(every: dict[str, Any], schema: dict[str, Any]) -> tuple[Field, ...]:
    whole = _resolved(every, schema)
    required = whole.get("required", [])
    return tuple(
        Field(
            name,
            _kind(told),
            name in required,
            told.get("description", ""),
            _fields(every, told.get("items") or told) if _holds(told) else (),
        )
        for name, told in whole.get("properties", {}).items()
    )


def _holds(schema: dict[str, Any]) -> bool:
    return "$ref" in schema or "$ref" in schema.get("items", {})


def _kind(schema: dict[str, Any]) -> str:
    """The kind of a value in a word or two: text, number, date, one of some words."""
    if "$ref" in schema:
        return "object"
    if "anyOf" in schema:
        kinds = dict.fromkeys(_kind(each) for each in schema["anyOf"])
        return " or ".join(kinds)
    if words := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return ", ".join(map(str, words))
    if schema.get("type") == "array":
        return "list" if "$ref" in schema.get("items", {}) else f"list of {_kind(schema['items'])}"
    return {"date": "date", "date-time": "moment"}.get(
        schema.get("format", ""), str(schema.get("type", "any")).replace("string", "text")
    )

"""Writes a grammar for a JSON Schema, for servers that hold an answer to a grammar and not to a schema (GBNF).

The dialect is llama.cpp's; text-generation-webui and KoboldCpp take it too (servers.md 0.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

Schema = Mapping[str, object]

_MOST_REPEATED = 64
"""Exact counts up to here are written out; beyond it a limit is left to the check that follows each answer."""
_BASE = {
    "ws": "[ \\t\\n]{0,8}",
    "string": '"\\"" char* "\\""',
    "char": '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,15})',
    "number": 'integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": '"{" ws (member ("," ws member)*)? "}" ws',
    "member": 'string ":" ws value ws',
    "array": '"[" ws (value ws ("," ws value ws)*)? "]" ws',
}
_NEEDS = {
    "string": ("char",), "number": ("integer",), "value": ("object", "array", "string", "number", "boolean", "null"),
    "object": ("ws", "member"), "member": ("string", "ws", "value"), "array": ("ws", "value"),
}  # fmt: skip
_NAME = re.compile(r"[^a-zA-Z0-9-]+")


class UnsupportedSchema(ValueError):
    """This is no JSON Schema at all; `where` is the path to what is none."""

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(f"no JSON Schema at {where or 'the top'}")


def grammar_of(schema: Schema | None) -> str:
    """A grammar whose texts are the values of a schema, or any JSON object for None.

    What a grammar can't say (a pattern, a range of numbers) is left open, never narrowed: each answer is checked
    afterwards. Blanks are limited, so that a weak model can't run on in them. Raises UnsupportedSchema.
    """
    rules = _Rules(schema.get("$defs") if schema is not None else None)
    root = rules.base("object") if schema is None else rules.of(schema, "root")
    return rules.text(root)


class _Rules:
    """Rules in the making; a rule is written once and referred to by its name."""

    def __init__(self, definitions: object) -> None:
        self._definitions = definitions if isinstance(definitions, Mapping) else {}
        self._rules: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def text(self, root: str) -> str:
        self.base("ws")
        lines = [f"root ::= ws {root} ws"]
        return "\n".join(lines + [f"{name} ::= {rule}" for name, rule in self._rules.items()]) + "\n"

    def base(self, name: str) -> str:
        if name not in self._rules:
            self._rules[name] = _BASE[name]
            for needed in _NEEDS.get(name, ()):
                self.base(needed)
        return name

    def of(self, schema: object, where: str) -> str:
        """The expression for a schema; long ones become rules of their own."""
        if schema is True or schema == {}:
            return self.base("value")
        if not isinstance(schema, Mapping):
            raise UnsupportedSchema(where)
        if isinstance(reference := schema.get("$ref"), str):
            return self._reference(reference, where)
        if "const" in schema:
            return _literal(schema["const"])
        if isinstance(values := schema.get("enum"), Sequence) and not isinstance(values, str) and values:
            return self._add(where, " | ".join(_literal(value) for value in values))
        for name in ("anyOf", "oneOf"):
            if isinstance(options := schema.get(name), Sequence) and options:
                return self._add(where, " | ".join(self.of(one, f"{where}-{n}") for n, one in enumerate(options)))
        if isinstance(parts := schema.get("allOf"), Sequence) and len(parts) == 1:
            return self.of(parts[0], where)
        kinds = schema.get("type")
        if isinstance(kinds, Sequence) and not isinstance(kinds, str):
            each = (self.of({**schema, "type": kind}, f"{where}-{kind}") for kind in kinds)
            return self._add(where, " | ".join(each))
        return self._typed(kinds, schema, where)

    def _typed(self, kind: object, schema: Schema, where: str) -> str:
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema, where)
        if kind == "array" or (kind is None and ("items" in schema or "prefixItems" in schema)):
            return self._array(schema, where)
        if kind == "string":
            return self._string(schema, where)
        if isinstance(kind, str) and kind in {"integer", "number", "boolean", "null"}:
            return self.base(kind)
        if kind is None:
            return self.base("value")
        raise UnsupportedSchema(where)

    def _reference(self, reference: str, where: str) -> str:
        name = reference.rpartition("/")[2]
        if name not in self._definitions:
            raise UnsupportedSchema(where)
        if name not in self._known:
            # Its name stands before it is read: it may refer to itself.
            self._known[name] = self._free_name(name)
            rule = self._known[name]
            self._rules[rule] = ""
            self._rules[rule] = self.of(self._definitions[name], f"{rule}-it")
        return self._known[name]

    def _object(self, schema: Schema, where: str) -> str:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or not properties:
            further = schema.get("additionalProperties")
            return self._map(further, where) if isinstance(further, Mapping) and further else self.base("object")
        self.base("ws")
        required = schema.get("required")
        needed = set(required) if isinstance(required, Sequence) else set()
        members = [
            (self._add(f"{where}-{name}-kv", f'{_literal(name)} ":" ws {self.of(one, f"{where}-{name}")} ws'), name)
            for name, one in properties.items()
        ]
        return self._add(where, f'"{{" ws {self._members(members, needed, where)} "}}" ws')

    def _members(self, members: Sequence[tuple[str, str]], needed: set[object], where: str) -> str:
        """Members in their order, those that are not needed there or not; a comma stands only between two."""
        rests = [""] * (len(members) + 1)
        for number in range(len(members) - 1, 0, -1):
            rule, name = members[number]
            one = f'"," ws {rule}' if name in needed else f'("," ws {rule})?'
            rests[number] = self._add(f"{where}-rest-{number}", f"{one} {rests[number + 1]}".strip())
        # The first member that is there has no comma: it is one of those up to the first that is needed.
        first = next((number for number, (_, name) in enumerate(members) if name in needed), None)
        last = len(members) - 1 if first is None else first
        starts = " | ".join(f"{members[n][0]} {rests[n + 1]}".strip() for n in range(last + 1))
        return f"({starts})?" if first is None else f"({starts})"

    def _map(self, values: Schema, where: str) -> str:
        self.base("ws")
        member = self._add(f"{where}-kv", f'{self.base("string")} ":" ws {self.of(values, f"{where}-value")} ws')
        return self._add(where, f'"{{" ws ({member} ("," ws {member})*)? "}}" ws')

    def _array(self, schema: Schema, where: str) -> str:
        self.base("ws")
        prefix = schema.get("prefixItems")
        if isinstance(prefix, Sequence) and prefix:
            items = [f"{self.of(one, f'{where}-{n}')} ws" for n, one in enumerate(prefix)]
            return self._add(where, '"[" ws ' + ' "," ws '.join(items) + ' "]" ws')
        item = self._add(f"{where}-item", f"{self.of(schema.get('items', True), f'{where}-one')} ws")
        least, most = _limit(schema, "minItems") or 0, _limit(schema, "maxItems")
        if most == 0:
            return self._add(where, '"[" ws "]" ws')
        least = min(least, _MOST_REPEATED)
        further = f'("," ws {item}){_repeat(max(0, least - 1), None if most is None else most - 1)}'
        filled = f"{item} {further}"
        return self._add(where, f'"[" ws {filled if least else f"({filled})?"} "]" ws')

    def _string(self, schema: Schema, where: str) -> str:
        least, most = _limit(schema, "minLength") or 0, _limit(schema, "maxLength")
        if not least and most is None:
            return self.base("string")
        return self._add(where, f'"\\"" {self.base("char")}{_repeat(least, most)} "\\""')

    def _add(self, where: str, rule: str) -> str:
        name = self._free_name(where)
        self._rules[name] = rule
        return name

    def _free_name(self, wanted: str) -> str:
        name = _NAME.sub("-", wanted).strip("-") or "rule"
        name = f"{name}-x" if name in _BASE or name == "root" else name
        number = 2
        free = name
        while free in self._rules:
            free, number = f"{name}-{number}", number + 1
        return free


def _limit(schema: Schema, name: str) -> int | None:
    value = schema.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _repeat(least: int, most: int | None) -> str:
    least = min(least, _MOST_REPEATED)
    if most is None or most > _MOST_REPEATED:
        return "*" if not least else f"{{{least},}}"
    return f"{{{least},{max(least, most)}}}"


def _literal(value: object) -> str:
    """A JSON value as a text of the grammar."""
    written = json.dumps(value, ensure_ascii=False)
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

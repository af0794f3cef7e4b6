"""Grammars for JSON Schemas: exact where they are small, and read back by a small reader of GBNF where they are not."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.servers.gbnf import UnsupportedSchema, grammar_of
from tests.llm.servers.gbnf_reader import Grammar

STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def accepts(schema: Any, text: str) -> bool:
    return Grammar(grammar_of(schema)).accepts(text)


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        (None, ["{}", '{"a": [1, {"b": null}]}', '{ "a": 1 }'], ["[]", "1", '{"a"}', '{"a": 1,}', "", "{}x"]),
        (STRING, ['"a"', '"\\u00e9\\n"', '"é"', '""'], ["a", '"', '"\n"', '"\\x"']),
        (INTEGER, ["0", "-12"], ["01", "1.5", "--1", '"1"']),
        ({"type": "number"}, ["1.5", "-0.1e-3", "7"], [".5", "1.", "NaN"]),
        ({"type": "boolean"}, ["true", "false"], ["True", "1"]),
        ({"const": 'a"\\b'}, ['"a\\"\\\\b"'], ['"a"']),
        ({"enum": ["a", 1, None]}, ['"a"', "1", "null"], ["a", "2", '"1"']),
        ({"anyOf": [STRING, {"type": "null"}]}, ['"a"', "null"], ["1"]),
        ({"type": ["integer", "null"]}, ["1", "null"], ['"1"']),
        ({"type": "array", "items": INTEGER}, ["[]", "[1]", "[1, 2 ,3]"], ["[1,]", "[,]", '["a"]', "1"]),
        ({"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 3}, ["[1,2]", "[1,2,3]"], ["[1]", "[1,2,3,4]"]),
        ({"type": "array", "items": INTEGER, "maxItems": 1}, ["[]", "[1]"], ["[1,2]"]),
        ({"type": "array", "items": INTEGER, "minItems": 1, "maxItems": 1}, ["[1]"], ["[]", "[1,2]"]),
        ({"type": "array", "maxItems": 0}, ["[]"], ["[1]"]),
        ({"type": "array", "prefixItems": [INTEGER, STRING]}, ['[1, "a"]'], ["[1]", '["a", 1]']),
        ({"type": "string", "minLength": 2, "maxLength": 3}, ['"ab"', '"abc"'], ['"a"', '"abcd"']),
        ({"type": "object", "additionalProperties": INTEGER}, ["{}", '{"x": 1, "y": 2}'], ['{"x": "1"}']),
        ({}, ["1", "[]", "{}"], ["x"]),
        (
            {"type": "object", "properties": {"a": INTEGER, "b": INTEGER, "c": INTEGER}, "required": ["b"]},
            ['{"b": 1}', '{"a":1,"b":2}', '{"a":1,"b":2,"c":3}', '{"b":2, "c":3}'],
            ["{}", '{"a":1}', '{"a":1,"c":3}', '{,"b":1}', '{"b":1,}', '{"c":1,"b":2}'],
        ),
        (
            {"type": "object", "properties": {"a": INTEGER, "b": INTEGER}},
            ["{}", '{"a":1}', '{"b":1}', '{"a":1,"b":2}'],
            ["{,}", '{"b":1,"a":2}', '{"c":1}'],
        ),
        (
            {
                "$ref": "#/$defs/Tree",
                "$defs": {
                    "Tree": {
                        "type": "object",
                        "properties": {"of": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
                        "required": ["of"],
                    }
                },
            },
            ['{"of": []}', '{"of": [{"of": []}, {"of": [{"of":[]}]}]}'],
            ["{}", '{"of": [1]}'],
        ),
    ],
)  # fmt: skip
def test_a_grammar_takes_the_values_of_its_schema_and_no_others(schema: Any, right: list[str], wrong: list[str]):
    grammar = Grammar(grammar_of(schema))
    assert [text for text in right if not grammar.accepts(text)] == []
    assert [text for text in wrong if grammar.accepts(text)] == []


def test_a_small_grammar_is_what_a_person_would_write():
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    assert grammar_of(schema) == (
        "root ::= ws root-x ws\n"
        "ws ::= [ \\t\\n]{0,8}\n"
        'boolean ::= "true" | "false"\n'
        'root-ok-kv ::= "\\"ok\\"" ":" ws boolean ws\n'
        'root-x ::= "{" ws (root-ok-kv) "}" ws\n'
    )


def test_names_that_are_the_same_without_their_letters_stay_two_rules():
    schema = {"type": "object", "properties": {"имя": STRING, "год": INTEGER}, "required": ["имя", "год"]}
    assert accepts(schema, '{"имя": "a", "год": 1}')
    assert not accepts(schema, '{"имя": 1, "год": 1}')


@pytest.mark.parametrize("schema", [{"type": "date"}, {"anyOf": [5]}, {"$ref": "#/$defs/gone"}, {"type": ["x"]}])
def test_what_is_no_schema_is_refused(schema: Any):
    with pytest.raises(UnsupportedSchema):
        grammar_of(schema)


def test_blanks_can_not_go_on_for_ever():
    assert not accepts(None, "{" + " " * 40 + "}")


# Any schema, with values that it has and some that it has not.

NAMES = st.sampled_from(["a", "b", "имя", "long name", 'q"', "x\\y", "value", "string"])
SIMPLE = st.sampled_from(
    [(STRING, "text"), (STRING, 'a"б\\\n'), (INTEGER, 12), ({"type": "number"}, 0.5), ({"type": "boolean"}, True)]
) | st.lists(st.text(max_size=5), min_size=1, max_size=3, unique=True).map(lambda all_: ({"enum": all_}, all_[0]))


def objects(inner: st.SearchStrategy[tuple[Any, Any]]) -> st.SearchStrategy[tuple[Any, Any]]:
    def made(members: dict[str, tuple[Any, Any]], there: list[bool]) -> tuple[Any, Any]:
        required = [name for name, needed in zip(members, there, strict=False) if needed]
        schema = {
            "type": "object",
            "properties": {name: of for name, (of, _) in members.items()},
            "required": required,
            "additionalProperties": False,
        }
        return schema, {name: value for name, (_, value) in members.items() if name in required}

    members = st.dictionaries(NAMES, inner, max_size=4)
    return st.builds(made, members, st.lists(st.booleans(), min_size=4, max_size=4))


def arrays(inner: st.SearchStrategy[tuple[Any, Any]]) -> st.SearchStrategy[tuple[Any, Any]]:
    return st.builds(
        lambda one, times: ({"type": "array", "items": one[0], "maxItems": 3}, [one[1]] * times),
        inner,
        st.integers(0, 3),
    )


SCHEMAS = st.recursive(SIMPLE, lambda inner: objects(inner) | arrays(inner), max_leaves=6)


@given(objects(SCHEMAS), st.sampled_from([None, 1]))
def test_a_value_of_any_schema_is_taken_and_a_broken_one_is_not(made: tuple[Any, Any], indent: int | None):
    schema, value = made
    grammar = Grammar(grammar_of(schema))
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    assert grammar.accepts(written)
    assert not grammar.accepts(written[:-1])
    assert not grammar.accepts(json.dumps([value]))
    if schema["properties"] and value:
        assert not grammar.accepts(json.dumps({**value, "not there": 1}))


@given(objects(SCHEMAS))
def test_every_rule_that_is_named_is_there_and_every_rule_is_named(made: tuple[Any, Any]):
    lines = [line.split(" ::= ", 1) for line in grammar_of(made[0]).strip().split("\n")]
    names = [name for name, _ in lines]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-zA-Z0-9-]+", name) for name in names)
    assert Grammar(grammar_of(made[0])).named == set(names) - {"root"}

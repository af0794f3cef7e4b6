"""Which refused request is worth sending again, and how it then differs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.errors import Failure, FailureKind, Phase
from llm.learned import Adjustments, Learned, Sent, cured
from llm.types import JsonMode

USUAL = Adjustments()
SENT = Sent(frozenset({"model", "messages", "seed", "max_tokens"}), system=True, can_complete=True, json_mode=None)
CODES = (
    "system_role_refused", "template_refused", "roles_must_alternate", "no_chat_template", "thinking_unsupported",
    "unsupported_param", "images_unsupported", "prefill_refused", "anything", None,
)  # fmt: skip


def refused(code: str | None, param: str | None = None) -> Failure:
    return Failure(FailureKind.BAD_REQUEST, Phase.FIRST_TOKEN, 0.1, status=400, code=code, param=param)


@pytest.mark.parametrize("code", ["system_role_refused", "template_refused", "roles_must_alternate"])
def test_a_refused_system_message_is_folded_from_then_on(code: str):
    assert cured(USUAL, refused(code), SENT) == Adjustments(fold_system=True)
    assert cured(Adjustments(fold_system=True), refused(code), SENT) is None


def test_a_template_that_refuses_without_a_system_message_has_no_cure():
    assert cured(USUAL, refused("template_refused"), replace(SENT, system=False)) is None


def test_a_server_without_a_chat_template_gets_a_text_of_ours_where_it_takes_one():
    assert cured(USUAL, refused("no_chat_template"), SENT) == Adjustments(own_template=True)
    assert cured(USUAL, refused("no_chat_template"), replace(SENT, can_complete=False)) is None


def test_a_refused_field_is_left_out_from_then_on_if_it_was_sent():
    assert cured(USUAL, refused("unsupported_param", "seed"), SENT) == Adjustments(without=frozenset({"seed"}))
    assert cured(USUAL, refused("unsupported_param", "top_k"), SENT) is None
    assert cured(USUAL, refused("unsupported_param"), SENT) is None


def test_fields_that_were_refused_before_stay_left_out():
    before = Adjustments(without=frozenset({"stream_options"}))
    better = cured(before, refused("unsupported_param", "seed"), SENT)
    assert better == Adjustments(without=frozenset({"stream_options", "seed"}))


@pytest.mark.parametrize("param", ["think", "reasoning_effort", "chat_template_kwargs", "enable_thinking"])
def test_a_model_that_can_t_be_told_whether_to_reason_is_not_told_again(param: str):
    assert cured(USUAL, refused("unsupported_param", param), SENT) == Adjustments(no_thinking_switch=True)
    assert cured(USUAL, refused("thinking_unsupported"), SENT) == Adjustments(no_thinking_switch=True)


def test_a_refused_way_to_json_is_remembered_for_the_next_way():
    asked = replace(SENT, json_mode=JsonMode.SCHEMA)
    better = cured(USUAL, refused("unsupported_param", "response_format"), asked)
    assert better == Adjustments(no_json=frozenset({JsonMode.SCHEMA}))
    assert cured(USUAL, refused("unsupported_param", "response_format"), SENT) is None


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind is not FailureKind.BAD_REQUEST])
def test_other_failures_are_nothing_that_another_form_would_help(kind: FailureKind):
    assert cured(USUAL, replace(refused("system_role_refused"), kind=kind), SENT) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(CODES),
            st.sampled_from(["seed", "max_tokens", "response_format", "think", "top_k", None]),
            st.sampled_from([None, *JsonMode]),
        ),
        max_size=40,
    )
)
def test_the_same_request_is_never_sent_twice_and_cures_come_to_an_end(failures: list[tuple[str, str, JsonMode]]):
    adjustments, cures = USUAL, 0
    for code, param, mode in failures:
        better = cured(adjustments, refused(code, param), replace(SENT, json_mode=mode))
        if better is not None:
            assert better != adjustments
            adjustments, cures = better, cures + 1
    assert cures <= 3 + 2 + len(JsonMode)


def test_the_smallest_limit_that_was_met_holds():
    learned = Learned()
    for met in (4096, 2048, 8192, 10):
        learned.limit_context(met)
    assert learned.context == 2048

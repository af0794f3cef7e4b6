"""Words for failures: each kind and each code has some, in every language."""

from __future__ import annotations

import pytest

from bot.events import AnswerFailed
from bot.i18n import LANGUAGES, Texts
from bot.views.failures import _BY_CODE, failure_key, failure_words
from llm.errors import Failure, FailureKind, Phase

TEXTS = Texts()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FailureKind)
@pytest.mark.parametrize("code", [None, "unheard_of", *_BY_CODE])
def test_each_failure_has_words(kind: FailureKind, code: str | None, language: str) -> None:
    t = TEXTS.translator(language)
    failure = Failure(kind, Phase.STREAMING, 1.0, status=500, code=code, detail="{ $x } <b>")
    event = AnswerFailed(failure, "m{0}", "s", "")
    words = failure_words(t, event, admin=False)
    assert words == t(failure_key(failure))
    details = failure_words(t, event, admin=True)
    assert details.startswith(words)
    assert kind.value in details
    for part in ("m{0}", "{ $x } <b>", "HTTP 500"):
        assert part in details
        assert part not in words


def test_the_same_failure_reads_differently_in_each_language() -> None:
    for kind in FailureKind:
        key = failure_key(Failure(kind, Phase.CONNECT, 0.0))
        assert len({TEXTS.translator(language)(key) for language in LANGUAGES}) == len(LANGUAGES)

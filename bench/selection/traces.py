"""The traces: households that stay as they are, that change, in which models differ in what they are good at."""

from __future__ import annotations

from dataclasses import replace

from bench.selection.world import SITUATIONS, Model, Trace

_FOUR = (Model(0.72), Model(0.6), Model(0.85), Model(0.5))
_BEST_FIRST = (Model(0.85), Model(0.75), Model(0.6), Model(0.5))
_STRENGTHS = (
    Model(0.75, strengths={"code": -0.35, "en": -0.05}),
    Model(0.6, strengths={"code": 0.3}),
    Model(0.6, reads=2000.0, writes=80.0, strengths={"summary": -0.1}),
    Model(0.65, strengths={"en": 0.25}),
)
_EIGHT = (0.5, 0.6, 0.55, 0.7, 0.85, 0.4, 0.65, 0.3)
_ALIKE = (0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.66, 0.6)
_SLOW = {"reads": 20.0, "writes": 5.0}


def _first(models: tuple[Model, ...], **changed: float) -> tuple[Model, ...]:
    """The same models, the first of which has changed."""
    return (replace(models[0], **changed), *models[1:])  # type: ignore[arg-type]


TRACES = (
    Trace("one is best", (_FOUR,)),
    Trace("one is best, nothing detected", (_FOUR,), detected=False),
    Trace("two, the second better", ((Model(0.7), Model(0.8)),)),
    Trace("eight", (tuple(Model(one) for one in _EIGHT),)),
    Trace("four alike", ((Model(0.75),) * 4,)),
    Trace("detector misled", ((Model(0.6, seems=0.9), Model(0.85, seems=0.4), Model(0.7)),)),
    Trace("different strengths", (_STRENGTHS,), situations=SITUATIONS),
    Trace("slows down", (_BEST_FIRST, _first(_BEST_FIRST, **_SLOW)), worsens=True),
    Trace("begins to fail", (_BEST_FIRST, _first(_BEST_FIRST, success=0.5)), worsens=True),
    Trace("answers get worse", (_BEST_FIRST, _first(_BEST_FIRST, quality=0.4)), told=1.0, worsens=True),
    Trace("slow again and again", (_BEST_FIRST, _first(_BEST_FIRST, **_SLOW)) * 3, worsens=True),
    Trace("best and worst swap", (_BEST_FIRST, (Model(0.5), *_BEST_FIRST[1:3], Model(0.85))), told=1.0, worsens=True),
    Trace("another gets better", (_BEST_FIRST[1:], (*_BEST_FIRST[1:3], Model(0.95)))),
    Trace("strengths, one slows down", (_STRENGTHS, _first(_STRENGTHS, **_SLOW)), situations=SITUATIONS),
    Trace(
        "much noise",
        (tuple(Model(q, success=s, jitter=1.2) for q, s in ((0.55, 0.85), (0.7, 0.85), (0.4, 0.9), (0.6, 0.8))),),
        told=1.0,
    ),
    Trace("eight nearly alike", (tuple(Model(one) for one in _ALIKE),), judged=False),
    Trace("people say nothing", (_FOUR,), told=0.02, judged=False),
)

"""Hard constraints: what keeps a model from serving a message, whatever is thought of it otherwise."""

from __future__ import annotations

from llm.selection.values import Bar, Candidate, Hindrance, Wanted

LAST_RESORTS = frozenset({Bar.CONTEXT, Bar.LANGUAGE, Bar.RESTING})
"""Who is kept back by these gives a poor answer, or a late one, which is better than none."""

_VISION, _JSON, _TOOLS = Hindrance(Bar.VISION), Hindrance(Bar.JSON), Hindrance(Bar.TOOLS)
_LOCAL_ONLY, _LANGUAGE = Hindrance(Bar.LOCAL_ONLY), Hindrance(Bar.LANGUAGE)


def hindrance(candidate: Candidate, wanted: Wanted) -> Hindrance | None:
    """What keeps a model from serving a message, the gravest first; None: nothing that is known. Pure.

    What a person has chosen themselves is not kept from them for its language.
    """
    if wanted.local_only and not candidate.local:
        return _LOCAL_ONLY
    can = candidate.capabilities
    if wanted.vision and can.vision is False:
        return _VISION
    if wanted.json and can.supports_json is False:
        return _JSON
    if wanted.tools and candidate.tools is False:
        return _TOOLS
    if candidate.context is not None and wanted.prompt_tokens > candidate.context:
        return Hindrance(Bar.CONTEXT, holds=candidate.context)
    if candidate.languages.get(wanted.situation.language) is False and candidate.key.model != wanted.own_choice:
        return _LANGUAGE
    return None


def is_last_resort(found: Hindrance, wanted: Wanted) -> bool:
    """Whether somebody with this hindrance may still be asked when all others have failed."""
    return found.bar in LAST_RESORTS and not (wanted.whole and found.bar is Bar.CONTEXT)

"""How a question is to be answered when it is not simply answered."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Manner:
    """What is asked beyond the question.

    `own_choice` is the model to be asked first. With a `wish` the model is shown the answer that there is, `earlier`,
    and told what is wanted of it. What `continues` is set behind the earlier answer, whose messages are `earlier_ids`.
    """

    own_choice: str | None = None
    earlier: str = field(default="", repr=False)
    wish: str = ""
    continues: bool = False
    earlier_ids: tuple[int, ...] = ()


PLAIN = Manner()

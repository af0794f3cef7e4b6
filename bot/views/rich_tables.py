"""Figures as a rich message with native tables."""

from __future__ import annotations

from aiogram.types import (
    InputRichBlockParagraph,
    InputRichBlockSectionHeading,
    InputRichBlockTable,
    InputRichBlockUnion,
    InputRichMessage,
    RichBlockTableCell,
)

from bot.views.stats import StatsView

HEADING_SIZE = 3


def stats_rich(view: StatsView) -> InputRichMessage:
    """A rich message with native tables."""
    blocks: list[InputRichBlockUnion] = [InputRichBlockSectionHeading(text=view.title, size=HEADING_SIZE)]
    for table in view.tables:
        cells = [
            [
                RichBlockTableCell(
                    text=cell,
                    align="right" if column else "left",
                    valign="middle",
                    is_header=(table.headed and not line) or None,
                )
                for column, cell in enumerate(row)
            ]
            for line, row in enumerate(table.rows)
        ]
        blocks.append(InputRichBlockTable(cells=cells, is_striped=True, is_compact=True, caption=table.title or None))
    blocks += [InputRichBlockParagraph(text=note) for note in view.notes]
    return InputRichMessage(blocks=blocks)

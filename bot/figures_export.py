"""All requests that are kept one by one, as a CSV file for a spreadsheet."""

from __future__ import annotations

import asyncio
import csv
import gzip
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from llm.monitoring import KEPT_FIELDS, AttemptRecord
from storage import PerformanceRows

LARGEST_PLAIN = 20_000_000
"""Bytes; a larger file is compressed, since Telegram takes 50 MB at most."""

# A spreadsheet would take a text that begins so for a formula, and names come from servers.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def export_csv(rows: PerformanceRows, path: Path) -> tuple[Path, int]:
    """Write the file and give its path, which ends in `.gz` when it had to be compressed, and its number of rows."""
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(KEPT_FIELDS)

        def take(part: Sequence[AttemptRecord]) -> None:
            nonlocal number
            number += len(part)
            writer.writerows([_cell(getattr(record, name)) for name in KEPT_FIELDS] for record in part)

        await rows.export(take)
    return await asyncio.to_thread(fitting, path), number


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def fitting(path: Path) -> Path:
    """The file, or a compressed one in its place when it is too large to be sent. Takes its time: not for the loop."""
    if path.stat().st_size <= LARGEST_PLAIN:
        return path
    smaller = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(smaller, "wb") as target:
        shutil.copyfileobj(source, target)
    return smaller

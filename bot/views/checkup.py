"""What the checks have found, as text for a chat, as values for a machine."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from bot.checkup.finding import Finding, Level, Report
from bot.events import Notice, Said
from bot.i18n import Translator
from bot.views.notices import notice_text

# What the words have in the place of a value that there is none of.
_NOTHING = ("", "?", "none", "0")
MARKS = {Level.GOOD: "✓", Level.NOTE: "·", Level.WARNING: "!", Level.BROKEN: "✗", Level.SETTINGS: "✗"}


def finding_text(t: Translator, finding: Finding) -> str:
    """What was found, in a sentence."""
    return notice_text(t, Notice(finding.key, "", finding.args))


def mend_text(t: Translator, finding: Finding) -> str:
    """What to do about it; empty when all is well."""
    return notice_text(t, Notice(finding.mend, "", finding.args)) if finding.mend else ""


def amiss_lines(t: Translator, findings: Sequence[Finding]) -> list[str]:
    """HTML: what is not as it should be, each with what to do."""
    lines = []
    for one in findings:
        lines += [f"{MARKS[one.level]} <b>{escape(finding_text(t, one))}</b>", f"→ {escape(mend_text(t, one))}"]
    return lines


def summary_text(t: Translator, report: Report) -> str:
    """How many are broken, how many are to be looked at; or that all is well."""
    broken = sum(one.level >= Level.BROKEN for one in report.findings)
    warnings = sum(one.level is Level.WARNING for one in report.findings)
    if not broken and not warnings:
        return t("checkup-well")
    return t("checkup-amiss", broken=broken, warnings=warnings)


def report_values(t: Translator, report: Report, version: str) -> dict[str, Any]:
    """For JSON. Keys and words of `level`, `subject` and `key` stay the same from version to version."""
    return {
        "version": version,
        "level": report.level.name.lower(),
        "exit_code": report.exit_code,
        "findings": [
            {
                "subject": one.subject.value,
                "level": one.level.name.lower(),
                "key": one.matter.value,
                "text": finding_text(t, one),
                "mend": mend_text(t, one) or None,
                "about": {name: value for name, value in one.args.items() if _tells(value)},
            }
            for one in report.findings
        ],
    }


def _tells(value: Said) -> bool:
    return isinstance(value, str) and value not in _NOTHING

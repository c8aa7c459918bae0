"""Worked cases written beside a plan, in its own file or in one beside it.

Source: docs/compensation/plans.md
"""

import re

_TOP = re.compile(r"[A-Za-z_\"'].*")
_CASES = re.compile(r"cases\s*:.*")


def without_cases(text: str) -> str:
    """Return a text without its top-level `cases`; every other line keeps its number."""
    kept, is_case = [], False
    for line in text.splitlines(keepends=True):
        if _TOP.match(line):
            is_case = _CASES.match(line) is not None
        kept.append("\n" if is_case else line)
    return "".join(kept)

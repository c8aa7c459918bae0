"""Root causes as plain values: what commands and the API write as JSON."""

from collections.abc import Sequence
from typing import Any

from wald.brain.localise import Cause, Located
from wald.queries.file_causes import FileCause

_DIGITS = 6


def located_json(found: Located, numbers: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a verdict with its causes, best first; values of dimensions in `numbers` are whole
    numbers."""
    return {
        "verdict": str(found.verdict),
        "now": round(found.now, _DIGITS),
        "before": round(found.before, _DIGITS),
        "causes": [_cause_json(cause, numbers) for cause in found.causes],
        "notes": [
            {"where": note.where, "what": note.what, "fix": note.fix} for note in found.notes
        ],
    }


def _cause_json(cause: Cause, numbers: frozenset[str]) -> dict[str, Any]:
    return {
        "where": {
            name: int(value) if name in numbers and value else value for name, value in cause.where
        },
        "share": round(cause.share, _DIGITS),
        "score": round(cause.score, _DIGITS),
        "stability": round(cause.stability, _DIGITS),
        "asserted": cause.asserted,
    }


def file_causes_json(found: Sequence[FileCause], *, by_case: bool) -> dict[str, Any]:
    """Return what was found in a file: of the whole, or a list of cases."""
    if by_case:
        return {
            "cases": [
                {"case": one.case, "at": one.at, **located_json(one.found, one.numbers)}
                for one in found
            ]
        }
    return {"at": found[0].at, **located_json(found[0].found, found[0].numbers)}

"""The journal as JSON, the same at every door."""

from datetime import UTC, date, datetime, time

from wald.queries.journal import Line
from wald.queries.plain import Json, plain


def line_json(line: Line) -> Json:
    """Return an entry; of an erased person `before`, `after` and `why` are empty for ever.

    They are empty too where they tell pay that the reader may not see: `is_withheld`.
    """
    return {
        "seq": line.seq,
        "at": plain(line.at),
        "who": line.who,
        "door": line.door,
        "action": line.action,
        "about": line.about,
        "concerns": line.concerns,
        "why": line.why,
        "before": dict(line.before),
        "after": dict(line.after),
        "is_erased": line.is_erased,
        "is_withheld": line.is_withheld,
        "hash": line.hash,
    }


def midnight(day: date) -> datetime:
    """Return the first moment of a day, UTC."""
    return datetime.combine(day, time.min, UTC)

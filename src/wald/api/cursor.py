"""A place in a long list, as a text to hand back: it also holds what the list was made from.

Between two pages somebody may load or undo. The cursor therefore pins the day asked
about and the instant of knowledge of the first page, so no row is shown twice or lost.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import date, datetime

from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem

_FURTHEST = 2**53


@dataclass(frozen=True, slots=True)
class Place:
    offset: int
    as_of: date
    known: datetime


def written(place: Place) -> str:
    told = asdict(place) | {"as_of": place.as_of.isoformat(), "known": place.known.isoformat()}
    return urlsafe_b64encode(json.dumps(told).encode()).decode()


def read_place(text: str) -> Place:
    """Read what `written` wrote. Raises BadInput for anything else."""
    try:
        told = json.loads(urlsafe_b64decode(text.encode()))
        offset, as_of, known = told["offset"], str(told["as_of"]), str(told["known"])
        sound = isinstance(offset, int) and 0 <= offset < _FURTHEST
        day, instant = read_day(as_of, "cursor"), read_instant(known, "cursor")
    except (ValueError, KeyError, TypeError, RecursionError):
        sound, day, instant, offset = False, None, None, 0
    if not sound or not isinstance(day, date) or not isinstance(instant, datetime):
        problem = Problem("cursor", "it is not one of ours", "hand back next_cursor as it came")
        raise BadInput("This page cannot be found.", [problem])
    return Place(offset, day, instant)

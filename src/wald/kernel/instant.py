"""Days and instants as people write them: ISO 8601, and UTC where no zone is given."""

from datetime import UTC, date, datetime, time

from wald.kernel.period import YEARS
from wald.kernel.problem import Problem


def read_day(text: str, where: str) -> date | Problem:
    """Read `2017-12-31`; `where` names the input in the Problem."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return Problem(where, f"{text!r} is not a day", "write it like 2017-12-31")
    if day.year not in YEARS:
        years = f"{YEARS.start} to {YEARS.stop - 1}"
        return Problem(where, f"{day} is far from our time", f"give a day in the years {years}")
    return day


def read_instant(text: str, where: str) -> datetime | Problem:
    """Read an instant; without a zone it is UTC, and a day alone means its very end."""
    text = text.strip()
    try:
        if len(text) <= len("2017-12-31"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        fix = "write it like 2017-12-31 or 2017-12-31T18:00:00+01:00"
        return Problem(where, f"{text!r} is not an instant", fix)

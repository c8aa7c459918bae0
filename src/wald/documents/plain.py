"""Values as JSON keeps them, and as people read them: decimals stay exact, days are ISO 8601."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum


def plain(value: object) -> object:
    """Return a value as JSON: decimals, days and times as texts, enums by their value."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, time):
        return f"{value:%H:%M:%S}".removesuffix(":00")
    if isinstance(value, Decimal | date):
        return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()
    return value


def shown(value: object) -> str:
    """Return a value as people read it in a sentence."""
    told = plain(value)
    if told is None:
        return "nothing"
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, list):
        return ", ".join(shown(one) for one in told) or "none"
    return str(told)


def percent(share: object) -> str:
    """Return a share such as 0.155 as "15.5 %"."""
    if not isinstance(share, Decimal):
        return shown(share)
    return f"{(share * 100).normalize():f} %"

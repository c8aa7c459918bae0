"""Two dates on every read: when it was true, and when Wald had learned it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class AsOf:
    """What held at the end of the day `valid`, as it was known at the instant `known`.

    `known` None means everything known now. An instant belongs to the day it has
    in UTC; a thing that happened on the day `valid` counts.
    """

    valid: date
    known: datetime | None = None

    def __post_init__(self) -> None:
        if self.known is not None and self.known.tzinfo is None:
            raise ValueError("AsOf.known needs a time zone; give an aware datetime")

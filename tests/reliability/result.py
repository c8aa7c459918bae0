"""What a campaign found: how often it tried, how often a promise was broken."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    tried: int
    failed: int
    words: str  # what was tried, and the first failures
    seconds: float

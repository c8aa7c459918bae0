"""What is wrong, in words: a Problem is a value about input, a Refusal stops an action."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with some input: where it stands, what is wrong, what cures it."""

    where: str  # a file and row, a field path, or "character 17"
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.fix}"


class Refusal(Exception):
    """Stops an action. Its text is one sentence the person can act on; doors show it as it is."""


class NotAllowed(Refusal):
    """A refusal because this actor may not do it."""


class Conflict(Refusal):
    """A refusal because somebody else holds what the action needs; later it may be done."""


class Stale(Conflict):
    """A refusal because somebody wrote in between; `changed` says what, a sentence each."""

    def __init__(self, sentence: str, changed: Iterable[str] = ()) -> None:
        super().__init__(sentence)
        self.changed = tuple(changed)


class BadInput(Refusal):
    """A refusal because of input, with every Problem found, so that all can be mended at once."""

    def __init__(self, sentence: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(sentence)
        self.problems = tuple(problems)

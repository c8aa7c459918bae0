"""Many hands at once: what each does is drawn by the seed, in turn or in threads."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from wald.kernel.problem import Refusal

T = TypeVar("T")
Deed = Callable[[T, str, random.Random], None]


def at_once(
    names: Sequence[str],
    steps: int,
    chance: random.Random,
    threads: ThreadPoolExecutor,
    step: Callable[[str, random.Random], None],
) -> None:
    """Let everybody take so many steps, each in a thread of their own."""
    from django.db import connections

    chances = [random.Random(chance.getrandbits(64)) for _ in names]  # noqa: S311  # seeds

    def act(name: str, own: random.Random) -> None:
        try:
            for _ in range(steps):
                step(name, own)
        finally:
            connections["default"].close()

    list(threads.map(act, names, chances))


def one_of(
    deeds: Sequence[Deed[T]],
    weights: Sequence[float],
    trial: T,
    name: str,
    chance: random.Random,
) -> None:
    """Do one thing as `name`, or be refused; anything but a refusal is a bug and flies."""
    try:
        chance.choices(deeds, weights)[0](trial, name, chance)
    except Refusal:
        return

"""Values that are made by the million: frozen for the reader and the type checker alone.

A frozen dataclass sets each of its fields through a call, which takes most of the time in which a
small value is made. Nothing assigns to these either: mypy sees to it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def quick(cls: type[T]) -> type[T]:
    """Make a dataclass with slots of a class; each of its values is equal to itself alone."""
    made: Callable[[type[T]], type[T]] = dataclass(slots=True, eq=False)
    return made(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def quick_equal(cls: type[T]) -> type[T]:
    """Do the same; values are equal whose fields are."""
    made: Callable[[type[T]], type[T]] = dataclass(slots=True)
    return made(cls)

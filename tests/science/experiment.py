"""What an experiment is, and a figure it measured, beside its target and what others reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`measured` and `target` as they are told; `is_met` None: there is no target. `published` is
    what others reached, with who."""

    name: str
    measured: str
    target: str = ""
    is_met: bool | None = None
    published: str = ""
    note: str = ""


@dataclass(frozen=True)
class Experiment:
    """One module of this folder defines one, as EXPERIMENT.

    `figures` takes the share of the full number of trials; it is the same each time for the same
    share. `needs` names a folder of data beside the repository without which it cannot be run.
    """

    key: str
    title: str
    what: str  # a sentence or two: how it was judged, on which data and seeds
    figures: Callable[[float], Iterator[Figure]]
    needs: str = ""

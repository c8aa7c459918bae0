"""The words of Wald in one place: dimensions, and the columns that a filter may name."""

from dataclasses import dataclass

from wald.facts.dimension import DIMENSIONS, Dimension
from wald.facts.measure import dimensions_for
from wald.facts.metric import Metric, metrics
from wald.facts.reading import columns_of
from wald.facts.subject import SUBJECTS, Subject
from wald.facts.tables import TABLES

_VIA = {
    "": "the row itself",
    "person": "the person, as on the row's day",
    "account": "the account",
    "product": "the product",
    "calendar": "the day the metric counts on",
}


@dataclass(frozen=True, slots=True)
class DimensionEntry:
    dimension: Dimension
    via: str  # where it comes from, in words
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    name: str
    type: str  # as the language calls it
    meaning: str


@dataclass(frozen=True, slots=True)
class SubjectEntry:
    key: str
    title: str
    metrics: tuple[Metric, ...]
    columns: tuple[ColumnEntry, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    dimensions: tuple[DimensionEntry, ...]
    subjects: tuple[SubjectEntry, ...]


def definitions() -> Definitions:
    """Return every dimension with its metrics, and every subject with its columns."""
    return Definitions(
        tuple(_dimension(one) for one in DIMENSIONS.values()),
        tuple(_subject(one) for one in SUBJECTS.values()),
    )


def _dimension(dimension: Dimension) -> DimensionEntry:
    having = tuple(m for m in metrics().values() if dimension.key in dimensions_for(m))
    return DimensionEntry(dimension, _VIA[dimension.via], having)


def _subject(subject: Subject) -> SubjectEntry:
    reading = tuple(m for m in metrics().values() if subject.key in (m.reads, m.finer))
    types = columns_of(subject, dated=False)
    columns = tuple(
        ColumnEntry(name, str(type), _meaning(subject, name)) for name, type in types.items()
    )
    return SubjectEntry(subject.key, subject.title, reading, columns)


def _meaning(subject: Subject, name: str) -> str:
    for computed in subject.computed:
        if computed.name == name:
            return computed.meaning
    for table in (subject.base, *subject.tables):
        column = TABLES[table].column(name) if table in TABLES else None
        if column is not None:
            return column.meaning
    if name in DIMENSIONS:
        dimension = DIMENSIONS[name]
        return f"{dimension.title.lower()} of {_VIA[dimension.via]}"
    return ""

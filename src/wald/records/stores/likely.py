"""Insights and decisions that share telling words with a text: few enough to be looked at closely.

A word tells the more the fewer entries have it. So words are counted first, and only the rarest
are looked up, each in its newest entries, until enough are at hand: what this costs does not grow
with how much was ever noticed or decided.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connections

from wald.records.stores.search import Eyes

_WORDS = 40  # of a text, the longest
_MOST = 1000  # entries of one word: it is counted no further, and looked up in no more
_ENOUGH = 2000  # entries at hand, each as often as one of its words was looked up
_ALL = 100_000  # entries; what rare words weigh against common ones hangs on it, no more


@dataclass(frozen=True, slots=True)
class _Asking:
    """Statements of one vendor for one word, which comes as a parameter."""

    count: str
    newest: str
    word: str


_SQLITE = _Asking(
    """SELECT CAST(%s AS TEXT), count(*) FROM (
        SELECT 1 FROM records_searchentry_fts WHERE records_searchentry_fts MATCH %s LIMIT %s
    ) AS counted""",
    """SELECT * FROM (
        SELECT CAST(%s AS REAL) AS weight, e.kind, e.number
        FROM records_searchentry_fts
        JOIN records_searchentry e ON e.id = records_searchentry_fts.rowid
        WHERE records_searchentry_fts MATCH %s
          AND e.kind IN (SELECT value FROM json_each(%s))
          AND (%s OR e.person_id = '' OR e.person_id IN (SELECT value FROM json_each(%s)))
        ORDER BY records_searchentry_fts.rowid DESC LIMIT %s
    ) AS newest""",
    '"{}"',
)
_POSTGRES = _Asking(
    """SELECT CAST(%s AS TEXT), count(*) FROM (
        SELECT 1 FROM records_searchentry WHERE found @@ to_tsquery('simple', %s) LIMIT %s
    ) AS counted""",
    """SELECT * FROM (
        SELECT CAST(%s AS DOUBLE PRECISION) AS weight, e.kind, e.number
        FROM records_searchentry e
        WHERE e.found @@ to_tsquery('simple', %s)
          AND e.kind IN (SELECT jsonb_array_elements_text(%s::jsonb))
          AND (%s OR e.person_id = ''
               OR e.person_id IN (SELECT jsonb_array_elements_text(%s::jsonb)))
        ORDER BY e.id DESC LIMIT %s
    ) AS newest""",
    "'{}'",
)


def likely(
    words: Collection[str], *, eyes: Eyes, kinds: Sequence[str], limit: int, database: str
) -> tuple[tuple[str, int], ...]:
    """Return kind and number of at most `limit` entries that share words, the likest first.

    `words` are plain ones, as `kernel.words` makes them.
    """
    counted = sorted(words, key=lambda word: (-len(word), word))[:_WORDS]
    if not counted or not kinds:
        return ()
    connection = connections[database]
    ask = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    values: list[str | int | float | bool]
    with connection.cursor() as cursor:
        values = [v for word in counted for v in (word, ask.word.format(word), _MOST)]
        cursor.execute(" UNION ALL ".join([ask.count] * len(counted)), values)
        rarest = _rarest(dict(cursor.fetchall()))
        if not rarest:
            return ()
        seen = (
            json.dumps(list(kinds)),
            eyes.persons is None,
            json.dumps(sorted(eyes.persons or ())),
        )
        weighed = [(_weight(times), ask.word.format(word)) for word, times in rarest.items()]
        values = [v for one in weighed for v in (*one, *seen, _MOST)]
        cursor.execute(_best(" UNION ALL ".join([ask.newest] * len(rarest))), [*values, limit])
        return tuple((kind, number) for kind, number in cursor.fetchall())


def _rarest(times: Mapping[str, int]) -> dict[str, int]:
    """Return the rarest words that stand anywhere, one at least, until there are entries enough."""
    found: dict[str, int] = {}
    for word, count in sorted(times.items(), key=lambda one: (one[1], one[0])):
        if count and (not found or sum(found.values()) + count <= _ENOUGH):
            found[word] = count
    return found


def _weight(times: int) -> float:
    """Return how much a word tells that so many entries have."""
    return math.log(1 + _ALL / times)


def _best(entries: str) -> str:
    return (
        f"SELECT kind, number FROM ({entries}) AS entries "  # noqa: S608  # text of this module
        "GROUP BY kind, number ORDER BY SUM(weight) DESC, number DESC, kind LIMIT %s"
    )

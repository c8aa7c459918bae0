"""Insights and decisions by their words: one way to ask, FTS5 or text search behind it.

Every word of a question must begin a word of what is found; titles count four times as much.
Whose rows somebody may see is part of the same statement, so nothing is found first and
hidden afterwards.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connections
from django.db import models as orm

from wald.kernel.words import words_of
from wald.records import models

MOST_WORDS = 12  # of a question; further ones are not looked at
_MOST_TEXT = 20_000  # characters of one entry that are found
_MOST_RANKED = 1000  # entries, the newest, of which the best are found


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose records somebody sees: these persons' and nobody's in particular; None: all."""

    persons: frozenset[str] | None

    @property
    def seen(self) -> orm.Q:
        """Return the condition on rows that have a `person_id`."""
        if self.persons is None:
            return orm.Q()
        return orm.Q(person_id="") | orm.Q(person_id__in=sorted(self.persons))

    def see(self, person_id: str) -> bool:
        return self.persons is None or not person_id or person_id in self.persons


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    number: int
    rank: float  # higher is better; of one question only


def index(
    kind: str, number: int, *, person_id: str, title: str, body: Iterable[str], database: str
) -> None:
    """Let an insight or a decision be found; in the transaction that writes it."""
    models.SearchEntry.objects.using(database).update_or_create(
        kind=kind,
        number=number,
        defaults={
            "person_id": person_id,
            "title": _plain([title]),
            "body": _plain(body),
        },
    )


def hits(
    text: str,
    *,
    eyes: Eyes,
    kinds: Sequence[str],
    limit: int,
    database: str,
) -> tuple[Hit, ...]:
    """Return what `text` finds, best first: of very many that fit, the best of the newest."""
    words = tuple(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    if not words or not kinds:
        return ()
    connection = connections[database]
    ask = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    with connection.cursor() as cursor:
        cursor.execute(ask.statement, ask.values(words, eyes, kinds, limit))
        return tuple(Hit(kind, number, float(rank)) for kind, number, rank in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class _Asking:
    """A statement of one vendor; the words come as parameters, never as text of it."""

    statement: str
    word: str  # how a word that may go on is written
    and_sign: str

    def values(
        self, words: Sequence[str], eyes: Eyes, kinds: Sequence[str], limit: int
    ) -> list[str | bool | int]:
        question = self.and_sign.join(self.word.format(word) for word in words)
        persons = json.dumps(sorted(eyes.persons or ()))
        return [
            question,
            json.dumps(list(kinds)),
            eyes.persons is None,
            persons,
            _MOST_RANKED,
            limit,
        ]


_SQLITE = _Asking(
    """SELECT kind, number, points FROM (
        SELECT e.kind, e.number, -bm25(records_searchentry_fts, 4.0, 1.0) AS points
        FROM records_searchentry_fts
        JOIN records_searchentry e ON e.id = records_searchentry_fts.rowid
        WHERE records_searchentry_fts MATCH %s
          AND e.kind IN (SELECT value FROM json_each(%s))
          AND (%s OR e.person_id = '' OR e.person_id IN (SELECT value FROM json_each(%s)))
        ORDER BY records_searchentry_fts.rowid DESC LIMIT %s
    ) AS newest ORDER BY points DESC, number DESC LIMIT %s""",
    '"{}"*',
    " AND ",
)
_POSTGRES = _Asking(
    """SELECT kind, number, points FROM (
        SELECT e.kind, e.number, ts_rank('{0, 0, 0.25, 1}', e.found, asked) AS points
        FROM records_searchentry e, to_tsquery('simple', %s) AS asked
        WHERE e.found @@ asked
          AND e.kind IN (SELECT jsonb_array_elements_text(%s::jsonb))
          AND (%s OR e.person_id = ''
               OR e.person_id IN (SELECT jsonb_array_elements_text(%s::jsonb)))
        ORDER BY e.id DESC LIMIT %s
    ) AS newest ORDER BY points DESC, number DESC LIMIT %s""",
    "'{}':*",
    " & ",
)


def _plain(texts: Iterable[str]) -> str:
    return " ".join(words_of(" ".join(texts)))[:_MOST_TEXT]

"""The journal as rows: entries are appended one after the other, and never changed.

Each entry's hash is SHA-256 over the hash before it and the entry's body, canonical JSON:
sorted keys, no spaces, UTF-8. `wald_verify` checks the chain without importing any of this.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from django.db import connections, transaction
from django.db import models as orm

from wald.records import models
from wald.records.stores.sealing import known_subject, seal, subject_of

GENESIS = "0" * 64  # stands before the first entry
EVERYBODYS_PAY = "*"  # as `pay_of` of a detail: it tells the pay of many
_LONGEST_ABOUT = 300
_USER = "user:"
_SUBJECT = "subject:"
_BATCH = 2000
_FEW = 2000  # entries that are sorted rather than looked for
# A sum, so that SQLite takes it from the index over instants and does not walk the table.
_NUMBER = orm.F("seq") + 0

_Rows: TypeAlias = "orm.QuerySet[models.JournalEntry, models.JournalEntry]"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What happened, in words of this program. `concerns` is whose key seals the detail.

    An `about` of "user:NAME" is kept as "user:" and the subject: no name stands in the open.
    "subject:SUBJECT" is kept so too; it is for those who have no name any more.
    """

    at: datetime
    who: str  # name of the actor
    door: str
    action: str
    about: str
    concerns: str
    detail: Mapping[str, object]  # JSON: before, after, why, and whose pay that is: `pay_of`


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """One row, its detail still sealed."""

    seq: int
    at: datetime
    who: str  # subject of the actor
    door: str
    action: str
    about: str
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: "" and None leave a condition out. `about` ending in ":" is a kind."""

    about: str = ""
    who: str = ""  # name of the actor
    action: str = ""  # or its beginning, ending in "."
    since: datetime | None = None
    until: datetime | None = None  # entries before it
    before: int | None = None  # number


def take_turn(*, database: str) -> None:
    """Wait until nobody else writes; the turn ends with the transaction that is open.

    The first lock of every action: whoever holds it waits for no other, so none wait in a ring.
    An SQLite transaction of ours has its turn from its first line.
    """
    if connections[database].vendor != "sqlite":
        _locked_head(database)


def _locked_head(database: str) -> models.JournalHead:
    heads = models.JournalHead.objects.using(database).select_for_update()
    head = heads.filter(id=1).first()
    if head is not None:
        return head
    models.JournalHead.objects.using(database).get_or_create(id=1)
    return heads.get(id=1)


def append(entry: NewEntry, *, database: str) -> int:
    """Write the next entry of the chain, in the transaction that is open; return its number."""
    with transaction.atomic(using=database, savepoint=False):
        head = _locked_head(database)
        who, key = subject_of(entry.who, database=database)
        concerned = who
        if entry.concerns != entry.who:
            concerned, key = subject_of(entry.concerns, database=database)
        about = _without_name(entry.about, database)
        seq = head.seq + 1
        body = canonical(
            {
                "about": about,
                "action": entry.action,
                "at": stamp(entry.at),
                "concerns": concerned,
                "door": entry.door,
                "sealed": seal(key, concerned, entry.detail),
                "seq": seq,
                "who": who,
            }
        )
        found = chained(head.hash, body)
        models.JournalEntry.objects.using(database).create(
            seq=seq,
            at=entry.at,
            who=who,
            door=entry.door,
            action=entry.action,
            about=about,
            body=body,
            previous=head.hash,
            hash=found,
        )
        models.JournalHead.objects.using(database).filter(id=1).update(seq=seq, hash=found)
        return seq


def head(*, database: str) -> tuple[int, str]:
    """Return number and hash of the newest entry; 0 and zeros before the first."""
    row = models.JournalHead.objects.using(database).filter(id=1).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def find_entry(seq: int, *, database: str) -> KeptEntry | None:
    row = models.JournalEntry.objects.using(database).filter(seq=seq).first()
    return None if row is None else _kept(row)


def list_entries(wanted: Wanted, *, database: str, limit: int) -> tuple[KeptEntry, ...]:
    """Return the newest entries that fit, newest first."""
    rows = models.JournalEntry.objects.using(database)
    if wanted.about:
        rows = _beginning(rows, "about", _searched(wanted.about, database), ":")
    if wanted.who:
        rows = rows.filter(who=known_subject(wanted.who, database=database) or "nobody")
    if wanted.action:
        rows = _beginning(rows, "action", wanted.action, ".")
    if wanted.since is not None or wanted.until is not None:
        rows = _within(rows, wanted.since, wanted.until)
    if wanted.before is not None:
        rows = rows.filter(seq__lt=wanted.before)
    return tuple(_kept(row) for row in rows.order_by("-seq")[:limit])


def _within(rows: _Rows, since: datetime | None, until: datetime | None) -> _Rows:
    """Narrow to a stretch of time; by numbers too where many entries outside would be skipped.

    The clock may have gone back, so nothing is taken from the order of the instants.
    """
    moment = orm.Q() if since is None else orm.Q(at__gte=since)
    moment = moment if until is None else moment & orm.Q(at__lt=until)
    everything = rows.model.objects.using(rows.db)
    if (few := _few(everything.filter(moment))) is not None:
        return rows.filter(seq__in=few)
    if until is None or _few(everything.filter(at__gte=until)) is not None:
        return rows.filter(moment)
    last = everything.filter(moment).aggregate(bound=orm.Max(_NUMBER))["bound"]
    return rows.filter(moment, seq__lte=last)


def _few(rows: _Rows) -> list[int] | None:
    """Return the numbers of all these entries, None if they are many. An index tells them."""
    found = [*rows.order_by().values_list("seq", flat=True)[: _FEW + 1]]
    return found if len(found) <= _FEW else None


def _beginning(rows: _Rows, column: str, text: str, open_end: str) -> _Rows:
    """Narrow to a text, or to all that begin with it if it ends open.

    Where few begin so, the index says which; where many do, the newest are soon among them.
    """
    if not text.endswith(open_end):
        return rows.filter(**{column: text})
    if connections[rows.db].vendor == "sqlite":  # LIKE there looks at every row
        after = text[:-1] + chr(ord(text[-1]) + 1)
        fitting = {f"{column}__gte": text, f"{column}__lt": after}
    else:
        fitting = {f"{column}__startswith": text}
    few = _few(rows.model.objects.using(rows.db).filter(**fitting))
    if few is not None:
        return rows.filter(seq__in=few)
    return rows.filter(**{f"{column}__startswith": text})


def every_entry(*, database: str) -> Iterator[KeptEntry]:
    """Yield all entries in their order, some thousands in memory at a time."""
    last = 0
    while True:
        rows = models.JournalEntry.objects.using(database).filter(seq__gt=last).order_by("seq")
        batch = [_kept(row) for row in rows[:_BATCH]]
        yield from batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].seq


def canonical(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stamp(at: datetime) -> str:
    """Return an instant as the journal writes it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chained(previous: str, body: str) -> str:
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def _without_name(about: str, database: str) -> str:
    """Return `about` as it is kept: no name, no text that a database could not hold."""
    if about.startswith(_USER):
        return _USER + subject_of(about.removeprefix(_USER), database=database)[0]
    if about.startswith(_SUBJECT):
        return _USER + about.removeprefix(_SUBJECT)
    plain = about.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    return plain[:_LONGEST_ABOUT]


def _searched(about: str, database: str) -> str:
    name = about.removeprefix(_USER)
    if name and name != about:
        return _USER + (known_subject(name, database=database) or "nobody")
    return about


def _kept(row: models.JournalEntry) -> KeptEntry:
    return KeptEntry(
        seq=row.seq,
        at=row.at,
        who=row.who,
        door=row.door,
        action=row.action,
        about=row.about,
        body=row.body,
        previous=row.previous,
        hash=row.hash,
    )

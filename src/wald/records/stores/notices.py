"""Notices as rows and as values, how each user wants to hear of them, and what was mailed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from wald.records import models
from wald.records.stores.transaction import together


@dataclass(frozen=True, slots=True)
class Notice:
    notice_id: int
    at: datetime
    title: str
    address: str  # of the page it is about, on this site
    read_at: datetime | None


class ByMail(Enum):
    """What a user wants by mail. In Wald itself every notice is shown."""

    NONE = "none"
    DAILY = "daily"  # one digest a day
    EACH = "each"  # every notice at once, and the digest


@dataclass(frozen=True, slots=True)
class Choice:
    """How a user wants to hear: times are of the clock in `zone`, an IANA time zone."""

    by_mail: ByMail = ByMail.DAILY
    zone: str = "UTC"
    digest_at: time = time(7)
    quiet_from: time | None = None  # no mail from here
    quiet_until: time | None = None  # to here, over midnight too


@dataclass(frozen=True, slots=True)
class Mailed:
    """What somebody has had by mail already."""

    digest_on: date | None = None  # the day of the newest digest, in their zone
    digest_at: datetime | None = None
    notice_id: int = 0  # of the newest notice that was mailed


def list_notices(
    name: str,
    *,
    database: str,
    unread_only: bool = False,
    before: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> tuple[Notice, ...]:
    """Return a user's notices, newest first."""
    rows = models.Notice.objects.using(database).filter(name=name, pk__gt=after)
    if unread_only:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(_notice(row) for row in rows.order_by("-id")[:limit])


def mark_read(name: str, *, at: datetime, notice_ids: Iterable[int] | None, database: str) -> int:
    """Mark a user's notices as read, with None all of them; return how many were not."""
    rows = models.Notice.objects.using(database).filter(name=name, read_at=None)
    if notice_ids is not None:
        rows = rows.filter(pk__in=list(notice_ids))
    return rows.update(read_at=at)


def newest_notice(name: str, *, database: str) -> int:
    """Return the number of a user's newest notice, 0 for none.

    Notices are numbered in the order in which they become known: each is written after its
    journal entry, whose place in the chain only one transaction at a time can take.
    """
    row = models.Notice.objects.using(database).filter(name=name).order_by("-id").first()
    return 0 if row is None else int(row.pk)


def choice_of(name: str, *, database: str) -> Choice:
    return _choice(_body(name, database))


def choices(*, database: str) -> dict[str, Choice]:
    """Return the choices of everybody who made one."""
    rows = models.NoticeChoice.objects.using(database).values_list("name", "body")
    return {name: _choice(body) for name, body in rows}


def save_choice(name: str, choice: Choice, *, database: str) -> None:
    """Keep how a user wants to hear; mail of each notice begins with the next one."""
    newest = newest_notice(name, database=database)
    _change(
        name,
        {
            "by_mail": choice.by_mail.value,
            "zone": choice.zone,
            "digest_at": _clock(choice.digest_at),
            "quiet_from": _clock(choice.quiet_from),
            "quiet_until": _clock(choice.quiet_until),
            "notice_id": newest,
        },
        database,
    )


def mailed_to(name: str, *, database: str) -> Mailed:
    body = _body(name, database)
    on, at, number = body.get("digest_on"), body.get("digest_sent_at"), body.get("notice_id", 0)
    return Mailed(
        date.fromisoformat(str(on)) if on else None,
        datetime.fromisoformat(str(at)) if at else None,
        int(str(number)),
    )


def note_digest(name: str, *, on: date, at: datetime, database: str) -> None:
    """Keep that a user had the digest of a day."""
    _change(name, {"digest_on": on.isoformat(), "digest_sent_at": at.isoformat()}, database)


def note_mailed(name: str, notice_id: int, *, database: str) -> None:
    """Keep up to which notice a user had mail."""
    _change(name, {"notice_id": notice_id}, database)


def _body(name: str, database: str) -> dict[str, object]:
    row = models.NoticeChoice.objects.using(database).filter(name=name).first()
    return {} if row is None else dict(row.body)


def _change(name: str, changes: dict[str, object], database: str) -> None:
    with together(database=database):
        rows = models.NoticeChoice.objects.using(database)
        rows.get_or_create(name=name)
        row = rows.select_for_update().get(name=name)
        row.body = {**row.body, **changes}
        row.save(using=database)


def _choice(body: dict[str, object]) -> Choice:
    plain = Choice()
    return Choice(
        by_mail=ByMail(body.get("by_mail", plain.by_mail.value)),
        zone=str(body.get("zone", plain.zone)),
        digest_at=_time(body.get("digest_at")) or plain.digest_at,
        quiet_from=_time(body.get("quiet_from")),
        quiet_until=_time(body.get("quiet_until")),
    )


def _clock(moment: time | None) -> str:
    return "" if moment is None else f"{moment:%H:%M}"


def _time(text: object) -> time | None:
    return time.fromisoformat(str(text)) if text else None


def _notice(row: models.Notice) -> Notice:
    return Notice(int(row.pk), row.at, row.title, row.address, row.read_at)

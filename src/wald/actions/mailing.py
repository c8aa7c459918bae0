"""Mail to people: each notice at once to those who want that, and one digest a day.

A letter is noted after the mail server took it. A worker killed between the two sends it again
under the same Message-ID, by which mail servers show it once.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.core.mail.backends.base import BaseEmailBackend

from wald.kernel.actor import Actor, Door
from wald.kernel.problem import Conflict
from wald.kernel.workspace import Workspace
from wald.messages.mail import Letter, Line, Section, post_box, send
from wald.queries.digest import Digest, digest
from wald.records.stores import notices as store
from wald.records.stores.notices import ByMail, Choice, Notice
from wald.records.stores.users import User, actor_named, list_users

Told = Callable[[str, int, int | None], None]

_MOST = 50  # notices in one letter
_DAY = timedelta(days=1)

log = logging.getLogger("wald.mail")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody who wants mail; `local` is the time where they are."""

    user: User
    choice: Choice
    local: datetime


def mail_notices(*, actor: Actor, workspace: Workspace, at: datetime, told: Told) -> int:
    """Mail new notices to those who want each; return how many letters went out.

    Raises Conflict if the mail server takes nothing: later it may.
    """
    actor.must("work.run")
    readers = [one for one in _readers(workspace, at) if one.choice.by_mail is ByMail.EACH]
    outcomes = []
    with _box() as box:
        for done, reader in enumerate(readers):
            told("Mailing notices", done, len(readers))
            outcomes.append(_mail_new(reader, workspace, box))
    return _sent(outcomes)


def mail_digests(*, actor: Actor, workspace: Workspace, at: datetime, told: Told) -> int:
    """Mail the digest of the day to whom it is due; return how many letters went out.

    Somebody's day is that of their zone, and each day is theirs once, with an empty digest too.
    Raises Conflict if the mail server takes nothing.
    """
    actor.must("work.run")
    due = [one for one in _readers(workspace, at) if _is_due(one, workspace)]
    outcomes = []
    with _box() as box:
        for done, reader in enumerate(due):
            told("Mailing digests", done, len(due))
            outcomes.append(_mail_digest(reader, workspace, at, box))
    return _sent(outcomes)


def is_quiet(choice: Choice, local: datetime) -> bool:
    """Is this within the hours in which somebody wants no mail? They may go over midnight."""
    first, last = choice.quiet_from, choice.quiet_until
    if first is None or last is None:
        return False
    now = local.time()
    return first <= now < last if first < last else now >= first or now < last


def _readers(workspace: Workspace, at: datetime) -> Iterator[_Reader]:
    chosen = store.choices(database=workspace.database)
    for user in list_users(database=workspace.database):
        choice = chosen.get(user.name, Choice())
        wants = user.may_sign_in and user.role is not None and user.email
        if wants and choice.by_mail is not ByMail.NONE:
            local = at.astimezone(ZoneInfo(choice.zone))
            if not is_quiet(choice, local):
                yield _Reader(user, choice, local)


def _is_due(reader: _Reader, workspace: Workspace) -> bool:
    if reader.local.time() < reader.choice.digest_at:
        return False
    mailed = store.mailed_to(reader.user.name, database=workspace.database)
    return mailed.digest_on != reader.local.date()


def _mail_new(
    reader: _Reader, workspace: Workspace, box: Callable[[], BaseEmailBackend]
) -> bool | None:
    name, database = reader.user.name, workspace.database
    after = store.mailed_to(name, database=database).notice_id
    found = store.list_notices(name, database=database, unread_only=True, after=after, limit=_MOST)
    if not found:
        return None
    title = found[0].title if len(found) == 1 else f"{len(found)} notices"
    letter = Letter(
        name=name,
        to=reader.user.email,
        subject=f"Wald: {title}",
        mark=_mark("notices", name, str(found[0].notice_id)),
        sections=(_notices(found),),
    )
    if not _went(letter, box()):
        return False
    store.note_mailed(name, found[0].notice_id, database=database)
    return True


def _mail_digest(
    reader: _Reader, workspace: Workspace, at: datetime, box: Callable[[], BaseEmailBackend]
) -> bool | None:
    name, database, today = reader.user.name, workspace.database, reader.local.date()
    since = store.mailed_to(name, database=database).digest_at or at - _DAY
    person = actor_named(name, Door.WORKER, database=database)
    found = digest(actor=person, workspace=workspace, at=at, since=since)
    if not found.is_empty:
        letter = Letter(
            name=name,
            to=reader.user.email,
            subject=_subject(found),
            mark=_mark("digest", name, today.isoformat()),
            sections=tuple(_sections(found)),
        )
        if not _went(letter, box()):
            return False
    store.note_digest(name, on=today, at=at, database=database)
    return None if found.is_empty else True


def _went(letter: Letter, box: BaseEmailBackend) -> bool:
    """Send a letter. One that is not taken holds no other up; the next turn tries it again."""
    error = send(letter, box)
    if error:
        log.warning("the mail server did not take a letter to %s: %s", letter.name, error)
    return not error


def _sent(outcomes: list[bool | None]) -> int:
    """Return how many letters went out; None stands for one that was not needed."""
    tried = [one for one in outcomes if one is not None]
    if tried and not any(tried):
        raise Conflict("The mail server took no letter; the log says why.")
    return sum(tried)


@contextmanager
def _box() -> Iterator[Callable[[], BaseEmailBackend]]:
    """Give what opens one connection to the mail server, when the first letter needs it."""
    with ExitStack() as stack:
        opened: list[BaseEmailBackend] = []

        def box() -> BaseEmailBackend:
            if not opened:
                try:
                    opened.append(stack.enter_context(post_box()))
                except (SMTPException, OSError) as error:
                    why = type(error).__name__
                    raise Conflict(f"The mail server does not answer: {why}.") from error
            return opened[0]

        yield box


def _subject(found: Digest) -> str:
    parts = [
        _count(len(found.cases), "case waits", "cases wait"),
        _count(len(found.moved), "figure moved", "figures moved"),
        _count(len(found.notices), "notice", "notices"),
    ]
    return f"Wald: {', '.join(part for part in parts if part)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _sections(found: Digest) -> Iterator[Section]:
    if found.moved:
        lines = (
            Line(
                f"{one.title} {one.period}: {one.now}"
                + (f" (was {one.before})" if one.before else ""),
                f"/metrics/{one.metric}/",
            )
            for one in found.moved
        )
        yield Section("What changed", tuple(lines))
    if found.cases:
        yield Section(
            "What waits for you",
            tuple(
                Line(
                    one.title + (f", due {one.due_at:%Y-%m-%d %H:%M} UTC" if one.due_at else ""),
                    f"/cases/{one.case_id}/",
                )
                for one in found.cases
            ),
        )
    if found.notices:
        yield _notices(found.notices)


def _notices(found: tuple[Notice, ...]) -> Section:
    return Section("Notices", tuple(Line(one.title, one.address) for one in found))


def _mark(kind: str, name: str, which: str) -> str:
    """Return the left part of a Message-ID, the same for the same letter to the same person."""
    digest_ = hashlib.sha256(f"{kind}\n{name}\n{which}".encode()).hexdigest()
    return f"{kind}.{digest_[:32]}"

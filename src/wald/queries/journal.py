"""The journal as people read it: who did what, from what to what, and whether it is whole.

What an entry tells of somebody's pay is opened for those only who may see that pay.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import wald_verify
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.sight import may_see_pay
from wald.records.stores import heads, journal, sealing
from wald.records.stores.journal import EVERYBODYS_PAY, KeptEntry, Wanted
from wald_verify import Verdict

MOST = 1000  # entries of one answer
_PAY_OF = "pay_of"  # in a detail: the person whose pay it tells


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an action changed; None: there was, or is, nothing."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, opened. An erased person's are sealed for ever: `is_erased`, and no detail.

    `is_withheld`: it tells pay that the reader may not see, so there is no detail either.
    """

    seq: int
    at: datetime
    who: str
    door: str
    action: str
    about: str  # "case:17", "user:ana"
    concerns: str  # whose data it tells
    why: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    is_erased: bool
    is_withheld: bool
    hash: str

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return what differs between before and after, field by field."""
        return tuple(_changes(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the newest entry: kept elsewhere, it proves all that came before."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


def entries(
    *,
    actor: Actor,
    workspace: Workspace,
    about: str = "",
    who: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Line, ...]:
    """Return the newest entries that fit, newest first; `before` is the number to go on from.

    `about` ending in ":" and `action` ending in "." fit everything that begins so.
    """
    actor.must("journal.read")
    wanted = Wanted(about, who, action, since, until, before)
    found = journal.list_entries(wanted, database=workspace.database, limit=min(limit, MOST))
    return _opened(found, actor, workspace)


def pay_entries(
    *, actor: Actor, workspace: Workspace, about: str, limit: int = 100
) -> tuple[Line, ...]:
    """Return the newest entries about something that tell pay which `actor` may see.

    For people who may not read the journal and yet see a pay: their own, or their team's.
    """
    actor.must("pay.read")
    found = journal.list_entries(Wanted(about=about), database=workspace.database, limit=MOST)
    subjects = sealing.subjects(database=workspace.database)
    told = [one for one in found if _detail(one.body, subjects)[1].get(_PAY_OF)]
    seen = (line for line in _opened(told, actor, workspace) if not line.is_withheld)
    return tuple(islice(seen, limit))


def entry(*, actor: Actor, workspace: Workspace, seq: int) -> Line | None:
    """Return one entry, None if there is none of that number."""
    actor.must("journal.read")
    found = journal.find_entry(seq, database=workspace.database)
    return None if found is None else _opened([found], actor, workspace)[0]


def head(*, actor: Actor, workspace: Workspace) -> Head:
    """Return the newest entry's number and hash; 0 and zeros before the first."""
    actor.must("journal.read")
    return Head(*journal.head(database=workspace.database))


def kept_heads(*, actor: Actor, workspace: Workspace) -> tuple[Head, ...]:
    """Return the heads that were kept day by day in the workspace, oldest first."""
    actor.must("journal.read")
    return tuple(Head(*one) for one in heads.read(workspace.home))


def exported(*, actor: Actor, workspace: Workspace) -> Iterator[str]:
    """Return the journal's lines as `wald_verify` reads them. No name stands in them."""
    actor.must("journal.read")
    return (f"{wald_verify.as_line(_as_export(one))}\n" for one in _every(workspace))


def verified(
    *, actor: Actor, workspace: Workspace, known: Iterable[tuple[int, str]] = ()
) -> Verdict:
    """Check the whole journal, also against the heads kept in the workspace and those `known`."""
    actor.must("journal.read")
    return verdict_on(workspace, known)


def verdict_on(workspace: Workspace, known: Iterable[tuple[int, str]] = ()) -> Verdict:
    """As `verified`, for those who have asked the policy already."""
    anchors = [*known, *heads.read(workspace.home), journal.head(database=workspace.database)]
    found = (_as_kept(one) for one in _every(workspace))
    return wald_verify.verify(found, wald_verify.gathered(anchors))


def _every(workspace: Workspace) -> Iterator[KeptEntry]:
    return journal.every_entry(database=workspace.database)


def _as_export(kept: KeptEntry) -> Mapping[str, object]:
    return {"seq": kept.seq, "previous": kept.previous, "hash": kept.hash, "body": kept.body}


def _as_kept(kept: KeptEntry) -> wald_verify.Entry:
    at = wald_verify.as_column(journal.stamp(kept.at))
    columns = {
        "at": at,
        "who": kept.who,
        "door": kept.door,
        "action": kept.action,
        "about": kept.about,
    }
    return wald_verify.Entry(kept.seq, kept.previous, kept.hash, kept.body, columns)


def _opened(found: Iterable[KeptEntry], actor: Actor, workspace: Workspace) -> tuple[Line, ...]:
    subjects = sealing.subjects(database=workspace.database)
    return tuple(_line(one, subjects, actor, workspace) for one in found)


def _line(
    kept: KeptEntry,
    subjects: Mapping[str, tuple[str, bytes]],
    actor: Actor,
    workspace: Workspace,
) -> Line:
    concerned, detail = _detail(kept.body, subjects)
    is_withheld = not _may_see(detail.get(_PAY_OF, ""), kept.at, actor, workspace)
    detail = {} if is_withheld else detail
    kind, _, subject = kept.about.partition(":")
    return Line(
        seq=kept.seq,
        at=kept.at,
        who=_name(kept.who, subjects),
        door=kept.door,
        action=kept.action,
        about=f"user:{_name(subject, subjects)}" if kind == "user" and subject else kept.about,
        concerns=_name(concerned, subjects),
        why=str(detail.get("why", "")),
        before=_mapping(detail.get("before")),
        after=_mapping(detail.get("after")),
        is_erased=bool(concerned) and concerned not in subjects,
        is_withheld=is_withheld,
        hash=kept.hash,
    )


def _may_see(pay_of: object, at: datetime, actor: Actor, workspace: Workspace) -> bool:
    """May `actor` read an entry of that moment which tells the pay of `pay_of`, "" for none?"""
    if pay_of == "" or actor.may("pay.read_all"):
        return True
    if not isinstance(pay_of, str) or pay_of == EVERYBODYS_PAY:
        return False
    day = at.astimezone(UTC).date()
    return may_see_pay(actor=actor, workspace=workspace, person_id=pay_of, on=day)


def _detail(
    body: str, subjects: Mapping[str, tuple[str, bytes]]
) -> tuple[str, Mapping[str, object]]:
    """Return the subject that an entry concerns and what it says, nothing if sealed for ever."""
    try:
        found = json.loads(body)
        concerned = str(found["concerns"])
        if concerned not in subjects:
            return concerned, {}
        return concerned, sealing.unsealed(subjects[concerned][1], concerned, found["sealed"])
    except (ValueError, TypeError, KeyError, sealing.InvalidTag):
        return "", {"why": "This entry was altered: `wald journal verify` says which is the first."}


def _name(subject: str, subjects: Mapping[str, tuple[str, bytes]]) -> str:
    return subjects[subject][0] if subject in subjects else sealing.pseudonym(subject)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Change]:
    old, new = dict(_fields(before)), dict(_fields(after))
    for field in dict.fromkeys((*old, *new)):
        if (old.get(field) or "") != (new.get(field) or ""):  # from nothing to nothing is none
            yield Change(field, old.get(field), new.get(field))


def _fields(value: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field with its path and its value as text, at any depth."""
    for key, inner in islice(value.items(), MOST):
        where = f"{path}.{key}" if path else str(key)
        if isinstance(inner, dict) and inner:
            yield from _fields(inner, where)
        elif inner is not None:
            yield where, _text(inner)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

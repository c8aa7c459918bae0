"""Who may read a document: everybody with the right to documents; but what tells somebody's pay, or
a figure that is private like pay, only who may see everybody's pay, and the one person it tells of.

The one policy for all doors. A type is private as a whole where each of its documents is about one
person; then nobody else knows of it. A quota plan is private as soon as a version of it names a
person; a unit's override of it only where it touches an entry about one.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pydantic import BaseModel

from wald.documents.document import DocumentType, document_types, tells_of_nobody
from wald.documents.version import Version
from wald.kernel.actor import Actor
from wald.kernel.problem import NotAllowed
from wald.records.stores import documents as store
from wald.records.stores.journal import EVERYBODYS_PAY

_Named = tuple[int, str, str, str]  # number, type, name, unit
_Contents = Iterable[Mapping[str, object]]


class Text(Protocol):
    """A version, or a text that may become one."""

    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def content(self) -> Mapping[str, object]: ...


def is_private(type: str) -> bool:
    """Does each document of a type tell what one person is paid?"""
    shape = document_types().get(type)
    return shape is not None and shape.pay_of != ""


def told_in(text: Text, *, database: str) -> frozenset[str]:
    """Return the persons whose pay, or figures private like it, a text tells: one of the
    organization together with all versions of its name, so that nobody reads half a history."""
    shape = document_types().get(text.type)
    if shape is None:
        return frozenset()
    if shape.pay_of:
        return frozenset({str(text.content.get(shape.pay_of, ""))})
    if shape.tells_of is tells_of_nobody:
        return frozenset()
    central = store.versions_of(text.type, text.name, units=[""], database=database)
    agreed = [one.content for one in central]
    return _told(shape, [text.content] if text.unit else [text.content, *agreed], agreed)


def pay_told_in(text: Text, *, database: str) -> str:
    """Return whose pay a text tells, as the journal keeps it: "" nobody's, one person's, or
    everybody's where it is that of several."""
    told = sorted(told_in(text, database=database))
    return (told[0] if len(told) == 1 else EVERYBODYS_PAY) if told else ""


def may_read(actor: Actor, text: Text, *, database: str) -> bool:
    """May this actor read a text?"""
    if actor.may("pay.read_all"):
        return True
    return _is_of(actor, told_in(text, database=database))


def must_read(actor: Actor, text: Text, *, database: str) -> None:
    """Raise NotAllowed if this actor may not read a text."""
    if not may_read(actor, text, database=database):
        raise NotAllowed(
            f"{actor.name} needs the permission 'pay.read_all' for this, as it tells what "
            "somebody else is paid, or has to reach; an administrator can grant it."
        )


def readable(actor: Actor, versions: Iterable[Version], *, database: str) -> tuple[Version, ...]:
    """Return the versions that this actor may read; those of the organization all or none."""
    if actor.may("pay.read_all"):
        return tuple(versions)
    central: dict[tuple[str, str], bool] = {}
    found = []
    for one in versions:
        is_one = one.unit == "" and not is_private(one.type)
        key = (one.type, one.name)
        if is_one and key not in central:
            central[key] = may_read(actor, one, database=database)
        if central[key] if is_one else may_read(actor, one, database=database):
            found.append(one)
    return tuple(found)


def seen(actor: Actor, version: Version | None, *, database: str) -> Version | None:
    """Return a version, None if this actor may not read it: as if it were not there."""
    if version is None or not may_read(actor, version, database=database):
        return None
    return version


def named_seen(actor: Actor, named: tuple[_Named, ...], *, database: str) -> tuple[_Named, ...]:
    """Return the documents that this actor may know of."""
    if actor.may("pay.read_all"):
        return named
    hidden: set[int] = set()
    for type in sorted({one[1] for one in named}):
        shape = document_types().get(type)
        of_type = [one for one in named if one[1] == type]
        if shape is not None and shape.pay_of:
            own: frozenset[int] = frozenset()
            if actor.person_id:
                field, person = shape.pay_of, actor.person_id
                own = store.documents_about(type, field, person, database=database)
            hidden |= {one[0] for one in of_type if one[0] not in own}
        elif shape is not None and shape.tells_of is not tells_of_nobody:
            hidden |= set(_hidden(actor, shape, of_type, database))
    return tuple(one for one in named if one[0] not in hidden)


def _hidden(
    actor: Actor, shape: DocumentType[BaseModel], named: Iterable[_Named], database: str
) -> Iterable[int]:
    """Yield the numbers of documents of a type with something in them that is not the actor's."""
    contents: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for one in store.versions_of_type(shape.key, units=None, database=database):
        contents.setdefault((one.name, one.unit), []).append(one.content)
    for number, _, name, unit in named:
        agreed = contents.get((name, ""), [])
        if not _is_of(actor, _told(shape, contents.get((name, unit), []), agreed)):
            yield number


def _told(shape: DocumentType[BaseModel], contents: _Contents, agreed: _Contents) -> frozenset[str]:
    agreed = list(agreed)
    return frozenset(person for one in contents for person in shape.tells_of(one, agreed))


def _is_of(actor: Actor, told: frozenset[str]) -> bool:
    return not told or (bool(actor.person_id) and told == {actor.person_id})

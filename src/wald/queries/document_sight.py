"""Who may read a document: everybody with the right to documents, or of a private type whoever may
see everybody's pay, and the person whose pay it tells. The one policy for all doors.
"""

from collections.abc import Iterable, Mapping

from wald.documents.document import document_types
from wald.documents.version import Version
from wald.kernel.actor import Actor
from wald.kernel.problem import NotAllowed
from wald.records.stores import documents as store

_Named = tuple[int, str, str, str]  # number, type, name, unit


def payee_in(type: str, content: Mapping[str, object]) -> str:
    """Return whose pay a document's content tells; "" where its type tells nobody's."""
    shape = document_types().get(type)
    return str(content.get(shape.pay_of, "")) if shape is not None and shape.pay_of else ""


def is_private(type: str) -> bool:
    shape = document_types().get(type)
    return shape is not None and shape.pay_of != ""


def may_read(actor: Actor, type: str, content: Mapping[str, object]) -> bool:
    """May this actor read content of this type?"""
    if not is_private(type) or actor.may("pay.read_all"):
        return True
    return bool(actor.person_id) and actor.person_id == payee_in(type, content)


def must_read(actor: Actor, type: str, content: Mapping[str, object]) -> None:
    """Raise NotAllowed if this actor may not read content of this type."""
    if not may_read(actor, type, content):
        raise NotAllowed(
            f"{actor.name} needs the permission 'pay.read_all' for this, as it tells what "
            "somebody else is paid; an administrator can grant it."
        )


def readable(actor: Actor, versions: Iterable[Version]) -> tuple[Version, ...]:
    """Return the versions that this actor may read."""
    return tuple(one for one in versions if may_read(actor, one.type, one.content))


def seen(actor: Actor, version: Version | None) -> Version | None:
    """Return a version, None if this actor may not read it: as if it were not there."""
    return version if version is not None and readable(actor, [version]) else None


def named_seen(actor: Actor, named: tuple[_Named, ...], *, database: str) -> tuple[_Named, ...]:
    """Return the documents that this actor may know of."""
    private = {type for type in {one[1] for one in named} if is_private(type)}
    if actor.may("pay.read_all") or not private:
        return named
    own: set[int] = set()
    for type in sorted(private):
        field = document_types()[type].pay_of
        if actor.person_id:
            own |= store.documents_about(type, field, actor.person_id, database=database)
    return tuple(one for one in named if one[1] not in private or one[0] in own)

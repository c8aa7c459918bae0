"""Who has accepted which version of a compensation plan, as rows and as values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from wald.records import models


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`version_id` is of the document; `accepted_by` the user that `person_id` was then."""

    version_id: int
    person_id: str
    accepted_by: str
    accepted_at: datetime


def accept(new: Acceptance, *, database: str) -> bool:
    """Keep an acceptance; False if this person has accepted this version before."""
    _, is_new = models.PlanAcceptance.objects.using(database).get_or_create(
        version_id=new.version_id,
        person_id=new.person_id,
        defaults={"accepted_by": new.accepted_by, "accepted_at": new.accepted_at},
    )
    return is_new


def acceptances(
    *, database: str, person_id: str | None = None, versions: Collection[int] | None = None
) -> tuple[Acceptance, ...]:
    """Return acceptances, oldest first, of one person or of some versions where asked."""
    rows = models.PlanAcceptance.objects.using(database)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    if versions is not None:
        rows = rows.filter(version_id__in=versions)
    return tuple(
        Acceptance(row.version_id, row.person_id, row.accepted_by, row.accepted_at)
        for row in rows.order_by("pk")
    )

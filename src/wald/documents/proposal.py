"""A text that is not kept yet, held against what holds: as the version it would become."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel

from wald.documents.content import Findings
from wald.documents.document import DocumentType
from wald.documents.in_force import Stretch, stretches
from wald.documents.reading import Written
from wald.documents.resolve import overlaid
from wald.documents.version import State, Version
from wald.kernel.problem import Problem


def as_version(written: Written, author: str, at: datetime, number: int = 0) -> Version:
    """Return a text as the draft that it would be; it has no id."""
    return Version(
        version_id=0,
        type=written.type,
        name=written.name,
        unit=written.unit,
        number=number,
        revision=1,
        state=State.DRAFT,
        text=written.text,
        content=written.content,
        schema=written.schema,
        owner=written.owner,
        reason=written.reason,
        local=written.local,
        author=author,
        editors=(author,),
        drafted_at=at,
        starts_on=written.starts_on,
        ends_on=written.ends_on,
    )


def override_problems(
    type: DocumentType[BaseModel],
    override: Version,
    versions: Iterable[Version],
    findings: Findings,
) -> tuple[Problem, ...]:
    """Return what keeps an override from holding under the organization's versions of its days,
    each at its place in the text and with the bound."""
    central = [version for version in versions if version.unit == ""]
    meeting = [one for one in stretches(central) if _meets(one, override)]
    if not meeting:
        what = f"the organization has no {override.type} {override.name} for these days"
        fix = "draft one for the organization first, or check name, starts_on and expires_on"
        return (Problem(findings.told("name"), what, fix),)
    found: dict[Problem, None] = {}
    for stretch in meeting:
        _, _, passed = overlaid(type, stretch.version, [override])
        for one in passed:
            where = findings.told(f"content.{one.path}" if one.path else "content")
            is_bound = bool(one.path) and not one.is_for_all
            what = f"{one.why} by {stretch.version.label}" if is_bound else one.why
            fix = "stay within the bounds, or ask for others in the organization's document"
            if one.is_for_all:
                fix = "take it out; only the organization's document says it"
            found[Problem(where, what, fix)] = None
    return tuple(found)


def _meets(stretch: Stretch, override: Version) -> bool:
    begins_before = override.ends_on is None or stretch.since < override.ends_on
    return begins_before and (stretch.until is None or override.starts_on < stretch.until)

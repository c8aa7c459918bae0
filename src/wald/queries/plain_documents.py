"""Documents as plain JSON values, alike at every door."""

from wald.documents.drift import Finding
from wald.documents.plain import plain as told
from wald.documents.resolve import Effective
from wald.documents.version import Bound, Version
from wald.queries.document_plans import Difference, Plan
from wald.queries.documents import DocumentPage, Line, Override, Step
from wald.queries.plain import Json, plain, problem_json


def line_json(line: Line) -> Json:
    holds = line.holds
    return {
        "type": line.type,
        "name": line.name,
        "unit": line.unit,
        "state": line.standing.value,
        "newest": line.newest.number,
        "in_force": holds.number if holds else None,
        "starts_on": plain(holds.starts_on) if holds else None,
        "until": plain(line.until),
    }


def version_json(version: Version, *, with_text: bool = True) -> Json:
    found: Json = {
        "id": version.version_id,
        "type": version.type,
        "name": version.name,
        "unit": version.unit,
        "number": version.number,
        "version": version.revision,
        "state": version.state.value,
        "starts_on": plain(version.starts_on),
        "ends_on": plain(version.ends_on),
        "owner": version.owner,
        "reason": version.reason,
        "author": version.author,
        "editors": list(version.editors),
        "drafted_at": plain(version.drafted_at),
        "submitted_at": plain(version.submitted_at),
        "approved_at": plain(version.approved_at),
        "approved_by": version.approved_by,
        "withdrawn_at": plain(version.withdrawn_at),
        "withdrawn_by": version.withdrawn_by,
        "answer": version.answer,
    }
    if with_text:
        found["local"] = [_bound(one) for one in version.local]
        found["content"] = dict(version.content)
        found["text"] = version.text
    return found


def _bound(bound: Bound) -> Json:
    return {
        "path": bound.path,
        "lowest": bound.lowest,
        "highest": bound.highest,
        "one_of": None if bound.one_of is None else list(bound.one_of),
    }


def effective_json(found: Effective) -> Json:
    return {
        "type": found.type,
        "name": found.name,
        "unit": found.unit,
        "on": plain(found.on),
        "known": plain(found.known),
        "version_id": found.version_id,
        "content": told(found.content.model_dump()),
        "fields": [
            {
                "path": one.path,
                "value": told(one.value),
                "words": f"{one.label} {one.told}",
                "origin": one.origin,
                "version_id": one.version_id,
                "is_local": one.is_local,
            }
            for one in found.fields
        ],
        "passed": [
            {"version_id": one.version_id, "unit": one.unit, "path": one.path, "why": one.why}
            for one in found.passed
        ],
    }


def finding_json(finding: Finding) -> Json:
    return {
        "unit": finding.override.unit,
        "version_id": finding.override.version_id,
        "why": finding.why.value,
        "path": finding.path,
        "sentence": finding.sentence,
    }


def plan_json(found: Plan) -> Json:
    written, before = found.written, found.compared_with
    return {
        "type": written.type if written else None,
        "name": written.name if written else None,
        "unit": written.unit if written else None,
        "starts_on": plain(written.starts_on) if written else None,
        "is_new": found.is_new,
        "compared_with": before.version_id if before else None,
        "problems": [problem_json(one) for one in found.problems],
        "changes": list(found.changes),
        "conflicts": [finding_json(one) for one in found.conflicts],
        "notes": list(found.notes),
        "diff": list(found.lines),
    }


def difference_json(found: Difference) -> Json:
    return {
        "old": found.old.version_id if found.old else None,
        "new": found.new.version_id,
        "changes": list(found.changes),
        "diff": list(found.lines),
    }


def page_json(page: DocumentPage) -> Json:
    return {
        "type": page.type.key,
        "name": page.name,
        "unit": page.unit,
        "on": plain(page.on),
        "summary": page.summary,
        "effective": effective_json(page.effective) if page.effective else None,
        "versions": [_step(one) for one in page.steps],
        "overrides": [_override(one) for one in page.overrides],
    }


def _step(step: Step) -> Json:
    days = {"standing": step.standing.value, "since": plain(step.since), "until": plain(step.until)}
    return version_json(step.version, with_text=False) | days


def _override(one: Override) -> Json:
    return {
        "unit": one.unit,
        "version_id": one.version.version_id,
        "number": one.version.number,
        "standing": one.standing.value,
        "starts_on": plain(one.version.starts_on),
        "expires_on": plain(one.version.ends_on),
        "owner": one.version.owner,
        "reason": one.version.reason,
        "findings": [finding_json(each) for each in one.findings],
    }

"""Quotas as plain JSON values and tables, alike at every door; amounts are decimal texts."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import pyarrow as pa

from wald.actions.quotas import Published
from wald.heart.quota.attainment import Attained
from wald.heart.quota.fairness import Evenness, Outlook, Range
from wald.kernel.money import minor_units, rounded
from wald.queries.attainment import AttainmentPage
from wald.queries.plain import Json, plain
from wald.queries.quotas import Arising, Line, PlanPage

_DIGITS = 4  # of a ratio


def plan_json(page: PlanPage, lines: Sequence[Line] | None = None) -> Json:
    """Return a plan; `lines` are a part of it, None: all."""
    return {
        "name": page.name,
        "version_id": page.version_id,
        "number": page.number,
        "state": page.state,
        "starts_on": plain(page.starts_on),
        "approved_by": page.approved_by,
        "fiscal_year": page.fiscal_year,
        "measure": page.measure,
        "currency": page.currency or None,
        "total": plain(page.total),
        "people_on": plain(page.people_on),
        "known": plain(page.known),
        "windows": list(page.windows),
        "notes": list(page.notes),
        "evenness": _evenness(page.evenness, page.against),
        "outlook": _outlook(page.outlook),
        "lines": [line_json(line, page) for line in (page.lines if lines is None else lines)],
    }


def line_json(line: Line, page: PlanPage) -> Json:
    """Return a node; of one above what is seen only what it holds and hands down is told."""
    told: Json = {
        "node": line.key or line.level.value,
        "title": line.title,
        "level": line.level.value,
        "person_id": line.person_id or None,
        "held": plain(line.held),
        "hands_down": plain(line.hands_down),
        "over_assignment": plain(line.over),
        "is_whole": line.is_whole,
    }
    whole = line.is_whole
    gap = line.gap if whole else None
    return {
        **told,
        "share": plain(line.share),
        "is_pinned": line.is_pinned,
        "gave": plain(line.gave) if whole else None,
        "assigned": dict(zip(page.windows, map(plain, line.assigned), strict=False)),
        "season": dict(zip(page.windows, map(plain, line.season), strict=False)),
        "relief": plain(line.relief) if whole else None,
        "proposed": plain(line.proposed),
        "difference": plain(line.difference) if whole else None,
        "because": None
        if gap is None
        else {
            name: plain(Decimal(getattr(gap, name)).scaleb(-page.digits))
            for name in ("below", "unsaid", "over", "own", "share", "pins")
        },
    }


def arising_json(found: Arising) -> Json:
    page = found.page
    return {
        "plan": page.name,
        "number": page.number,
        "fiscal_year": page.fiscal_year,
        "currency": page.currency or None,
        "line": line_json(found.line, page),
        "steps": [
            {
                "node": step.node.key or step.node.level.value,
                "sentence": step.sentence,
                "figure": None
                if step.figure is None
                else plain(Decimal(step.figure).scaleb(-page.digits)),
            }
            for step in found.steps
        ],
    }


def published_json(made: Published) -> Json:
    return {
        "plan": made.name,
        "version_id": made.version_id,
        "number": made.number,
        "load_id": made.load_id,
        "rows": made.rows,
        "gone": made.gone,
        "persons": made.persons,
        "total": plain(made.total),
        "currency": made.currency,
        "measure": made.measure,
    }


def attainment_json(page: AttainmentPage, lines: Sequence[Attained] | None = None) -> Json:
    return {
        "period": page.period.label,
        "measure": page.measure,
        "unit": page.unit.value,
        "currency": page.currency or None,
        "plan": page.plan or None,
        "as_of": plain(page.as_of),
        "known": plain(page.known),
        "notes": list(page.notes),
        "lines": [attained_json(one, page) for one in (page.lines if lines is None else lines)],
    }


def attained_json(one: Attained, page: AttainmentPage) -> Json:
    ratio, digits = one.ratio, minor_units(page.currency) if page.currency else 0
    return {
        "node": one.node.key or one.node.level.value,
        "title": one.node.title,
        "level": one.node.level.value,
        "person_id": one.person_id or None,
        "quota": plain(rounded(one.quota, digits)),
        "reached": plain(rounded(one.reached, digits)),
        "attainment": None if ratio is None else plain(rounded(ratio, _DIGITS)),
        "without_quota": plain(rounded(one.beside, digits)),
    }


def plan_table(page: PlanPage) -> pa.Table:
    """Return a row per node, amounts exact."""
    rows = [line_json(line, page) for line in page.lines]
    simple = ("node", "title", "level", "person_id", "held", "hands_down", "proposed", "gave")
    columns = {name: [row[name] for row in rows] for name in (*simple, "relief")}
    for place, label in enumerate(page.windows):
        columns[label] = [
            plain(line.assigned[place]) if line.assigned else None for line in page.lines
        ]
    return _typed(columns, ("held", "hands_down", "proposed", "gave", "relief", *page.windows))


def attainment_table(page: AttainmentPage) -> pa.Table:
    rows = [attained_json(one, page) for one in page.lines]
    amounts = ("quota", "reached", "attainment", "without_quota")
    names = ("node", "title", "level", "person_id", *amounts)
    return _typed({name: [row[name] for row in rows] for name in names}, amounts)


def _typed(columns: dict[str, list[object]], amounts: Iterable[str]) -> pa.Table:
    """Return a table of texts, in which amounts are decimals."""
    numbers = set(amounts)
    arrays = {}
    for name, values in columns.items():
        if name in numbers:
            exact = [None if value is None else Decimal(str(value)) for value in values]
            arrays[name] = pa.array(exact, pa.decimal128(38, _DIGITS))
        else:
            arrays[name] = pa.array(values, pa.string())
    return pa.table(arrays)


def _evenness(found: Evenness | None, against: str) -> Json | None:
    if found is None:
        return None
    names = ("average", "variation", "lowest", "highest", "gini")
    told: Json = {name: plain(getattr(found, name)) for name in names}
    return {"against": against, "people": found.people, "left_out": found.left_out, **told}


def _outlook(found: Outlook | None) -> Json | None:
    if found is None:
        return None
    return {
        "plan": _range(found.plan),
        "people": _range(found.people),
        "chance": plain(found.chance),
        "draws": found.draws,
        "past_windows": found.past_windows,
    }


def _range(found: Range) -> Json:
    return {name: plain(getattr(found, name)) for name in ("low", "mean", "high")}

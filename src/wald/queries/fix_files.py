"""Fixes as a file that the source of the deals can read, one line for each deal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from wald.connectors.updates import UpdateForm, update_form
from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.heart.deal_fix import Became
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.fix_ground import CORRECTIONS, connectors_of, day_of, row_loads
from wald.queries.hygiene_fixes import FixedLine, SeenFix, fixes, one_fix
from wald.queries.measure import READ, View, view

_WANTED = (Became.WAITING, Became.NOT_TAKEN_OVER)


@dataclass(frozen=True, slots=True)
class UpdateFile:
    """`rows`: texts, a key and a column for each field that changes; null: stays as it is.

    `connectors`: how many deals come from each source; the file is for `connector` alone.
    """

    connector: str
    form: UpdateForm
    rows: pa.Table
    connectors: Mapping[str, int]


def update_file(
    *, actor: Actor, workspace: Workspace, fix_id: int | None = None, connector: str = ""
) -> UpdateFile | None:
    """Return what the source has to be told of one fix, or of all (None) that wait for it.

    Only deals that are seen, and only what is neither undone nor taken over. None: there is no
    such fix that is seen. Raises BadInput for a source that none of the deals comes from.
    """
    actor.must(READ)
    every: Sequence[SeenFix]
    if fix_id is None:
        every = fixes(actor=actor, workspace=workspace)
    else:
        found = one_fix(actor=actor, workspace=workspace, fix_id=fix_id)
        if found is None:
            return None
        every = (found,)
    lines = [one for fix in reversed(every) for one in fix.lines if one.fate.became in _WANTED]
    seen = view(actor=actor, workspace=workspace)
    sources = _sources(seen, lines)
    counts = Counter(sources.values())
    if connector and connector not in counts:
        fix = f"choose among {', '.join(counts)}" if counts else "nothing waits for a source"
        problem = Problem("connector", f"no deal of this comes from {connector[:50]!r}", fix)
        raise BadInput("There is no such file.", [problem])
    chosen = connector or next((name for name, _ in counts.most_common(1)), "")
    own = [one for one in lines if sources.get(one.kept.line.opportunity_id) == chosen]
    form = update_form(chosen)
    emails = _emails(seen) if form.has_emails else {}
    return UpdateFile(chosen, form, _table(own, form, emails), dict(sorted(counts.items())))


def _sources(seen: View, lines: Sequence[FixedLine]) -> Mapping[str, str]:
    """Return the connector that last brought each deal."""
    names = connectors_of(seen)
    keys = {one.kept.line.opportunity_id for one in lines}
    found = {}
    for key, loads in row_loads(seen, keys).items():
        brought = [names[load] for load in loads if names[load] != CORRECTIONS]
        if brought:
            found[key] = brought[-1]
    return found


def _table(lines: Sequence[FixedLine], form: UpdateForm, emails: Mapping[str, str]) -> pa.Table:
    """Return one row per deal; of several fixes of one field the newest counts."""
    rows: dict[str, dict[str, str]] = {}
    for one in lines:
        line = one.kept.line
        header = form.columns.get(line.field)
        if header is not None:
            row = rows.setdefault(line.opportunity_id, {form.key: line.opportunity_id})
            row[header] = _word(line.field, line.new, form, emails)
    used = {header for row in rows.values() for header in row}
    names = [form.key, *(header for header in form.columns.values() if header in used)]
    schema = pa.schema([(name, pa.string()) for name in names])
    ordered = [rows[key] for key in sorted(rows)]
    return pa.Table.from_pylist(ordered, schema=schema)


def _word(field: str, value: str, form: UpdateForm, emails: Mapping[str, str]) -> str:
    if field == "forecast_category":
        return form.categories.get(value, value)
    return emails.get(value, value) if field == "owner_id" else value


def _emails(seen: View) -> Mapping[str, str]:
    if not seen.snapshot.has("person"):
        return {}
    scene = Scene(seen.snapshot, AsOf(day_of(seen), seen.snapshot.known), seen.terms)
    table = scene.labels("person", ["person_id", "email"]).subquery("person")
    rows = run(seen.engine, exp.select("person_id", "email").from_(table)).to_pylist()
    return {row["person_id"]: row["email"] for row in rows if row["email"]}

"""Previews, fixes and cases of findings as JSON, the same at every door."""

from wald.heart.deal_fix import DealPlan, Line
from wald.kernel.problem import Problem
from wald.queries.hygiene_fixes import FixedLine, Preview, SeenFix
from wald.queries.plain import Json, plain, problem_json


def preview_json(found: Preview) -> Json:
    """Return what a fix would do, and what stands against it."""
    problems: tuple[Problem, ...] = found.problems
    return {
        "as_of": plain(found.on),
        "is_clean": found.is_clean,
        "deals": [plan_json(one) for one in found.plans],
        "conflicts": list(found.conflicts),
        "problems": [problem_json(one) for one in problems],
    }


def plan_json(plan: DealPlan) -> Json:
    return {
        "deal": plan.deal.opportunity_id,
        "title": plan.deal.title,
        "owner": plan.deal.owner or None,
        "currency": plan.deal.currency or None,
        "lines": [_line(one) for one in plan.lines],
        "effects": list(plan.effects),
    }


def fix_json(found: SeenFix) -> Json:
    """Return a fix with those of its lines whose deals are seen."""
    return {
        "fix_id": found.fix.fix_id,
        "made_at": plain(found.fix.made_at),
        "made_by": found.fix.made_by,
        "why": found.fix.why,
        "load_id": found.fix.load_id,
        "may_undo": found.may_undo,
        "lines": [_fixed(one) for one in found.lines],
    }


def _fixed(one: FixedLine) -> Json:
    undone = one.kept.undone
    return {
        "deal": one.kept.line.opportunity_id,
        "title": one.title,
        **_line(one.kept.line),
        "state": one.fate.became.name.lower(),
        "now": one.fate.value,
        "by_load": one.fate.by_load,
        "undone_at": plain(undone.at) if undone else None,
        "undone_by": undone.by if undone else None,
        "undone_why": undone.why if undone else None,
    }


def _line(line: Line) -> Json:
    return {
        "field": line.field,
        "old": line.old,
        "new": line.new,
        "rule": line.rule or None,
        "follows": line.follows,
    }

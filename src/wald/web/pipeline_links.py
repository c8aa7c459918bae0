"""The address of the deals behind a group of the pipeline: the table of deals, filtered alike."""

from urllib.parse import urlencode

from wald.facts.dimension import DIMENSIONS
from wald.heart.pipeline.standing import Group
from wald.kernel.period import Period
from wald.queries.pipeline import Pipeline
from wald.queries.pipeline_ground import NOBODY, Which


def deals_behind(page: Pipeline, which: Which, group: Group) -> str:
    """Return the end of the address of a group's deals, "" where that table cannot tell them.

    The table of deals has teams as they were on the day, and knows no weeks of a calendar.
    """
    names = [*page.by, *(name for name, _ in which.filters)]
    if page.org == "now" and any(DIMENSIONS[name].via == "person" for name in names):
        return ""
    if any(DIMENSIONS[name].grain is not None for name in page.by):
        return ""
    chosen = [*which.filters, *zip(page.by, group.key, strict=True)]
    conditions = [_is(name, None if value == NOBODY else value) for name, value in chosen]
    if page.period is not None:
        conditions.append(_within(page.period))
    if which.where.strip():
        conditions.append(f"({which.where.strip()})")
    asked = {
        "as_of": page.as_of.isoformat(),
        "outcome": "open",
        "where": " AND ".join(conditions),
    }
    return urlencode({name: text for name, text in asked.items() if text})


def _is(name: str, value: str | None) -> str:
    if value is None:
        return f"{name} IS NULL"
    quoted = value.replace("'", "''")
    return f"{name} = '{quoted}'"


def _within(period: Period) -> str:
    return f"close_on BETWEEN DATE '{period.start}' AND DATE '{period.last_day}'"

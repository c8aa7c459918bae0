"""System or person: the verdict on a metric, and the charts that a leader may trust it by."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from wald.brain.verdict import Kind, Standing, Verdict
from wald.kernel.problem import BadInput
from wald.queries.verdict import BY, PERSON, VerdictAsk, VerdictPage, judgeable, verdict
from wald.queries.verdict_words import amount, words_of
from wald.web.charts import drawn
from wald.web.door import (
    Dates,
    Paging,
    actor_of,
    dates_of,
    given,
    marked,
    pager,
    paging_of,
    workspace_of,
)
from wald.web.verdict_charts import behaviour, funnel, ranks, shares, title_of

ROWS = 50
_USUAL = "win_rate"
_TAGS = {Kind.NO_SIGNAL: "good", Kind.TOO_LITTLE: ""}


@login_required
@require_safe
def verdict_page(request: HttpRequest) -> HttpResponse:
    """Show the verdict first, then what it stands on."""
    paging, dates, page, problem = paging_of(request, size=ROWS), Dates(), None, None
    try:
        dates = dates_of(request)
        page = verdict(
            actor=actor_of(request), workspace=workspace_of(request), ask=_ask(request, dates)
        )
    except BadInput as error:
        problem = error
    context: dict[str, object] = {
        "page": page,
        "problem": problem,
        "dates": dates,
        "metrics": judgeable(),
        "dimensions": BY,
        "metric": given(request, "metric") or _USUAL,
        "by": given(request, "by") or PERSON,
        "where": given(request, "where"),
        "marked": marked(given(request, "where"), problem),
    }
    if page is not None and page.verdict is not None:
        context |= _shown(request, page, page.verdict, paging)
    return render(request, "pages/verdict.html", context, status=400 if problem else 200)


def _ask(request: HttpRequest, dates: Dates) -> VerdictAsk:
    return VerdictAsk(
        given(request, "metric") or _USUAL,
        given(request, "by") or PERSON,
        dates.period,
        given(request, "where"),
        dates.as_of,
        dates.known,
    )


def _shown(
    request: HttpRequest, page: VerdictPage, found: Verdict, paging: Paging
) -> Mapping[str, object]:
    judged = [one for one in found.standings if one.p_value is not None]
    people = found.standings[paging.offset : paging.offset + paging.size]
    return {
        "words": words_of(page),
        "tag": _TAGS.get(found.kind, "warn"),
        "kind": found.kind.value.replace("_", " "),
        "behaviour": drawn(behaviour(page, found.chart)) if found.chart else "",
        "funnel": drawn(funnel(page, found)) if len(judged) > 1 else "",
        "ranks": drawn(ranks(page, found)) if len(judged) > 1 else "",
        "shares": drawn(shares(page, found.shares)) if found.shares else "",
        "parts": [
            (title_of(page, one.part), one, _percent(one.share.low), _percent(one.share.high))
            for one in (found.shares.parts if found.shares else ())
        ],
        "points": [
            (point, amount(page, found.chart.values[i]), amount(page, found.chart.low[i]),
             amount(page, found.chart.high[i]), _signals(found, i))
            for i, point in enumerate(page.points)
        ] if found.chart else (),
        "lines": [_line(request, page, one) for one in people],
        "shifts": [
            (one, _place(one.key), page.months[one.place]) for one in found.shifts[:8]
        ],
        "pager": pager(request, paging, len(found.standings)),
    }  # fmt: skip


def _line(request: HttpRequest, page: VerdictPage, one: Standing) -> dict[str, object]:
    """Return a row of the table: texts, and the address of the rows behind the figure."""
    name = "rep_id" if page.by == PERSON else page.by
    quoted = one.key.replace("'", "''")
    conditions = [f"{name} = '{quoted}'"]
    if where := given(request, "where"):
        conditions.append(f"({where})")
    asked = {"where": " AND ".join(conditions)}
    if page.period:
        asked["period"] = f"{page.period.start}..{page.period.last_day}"
    for date in ("as_of", "known"):
        if text := given(request, date):
            asked[date] = text
    return {
        "one": one,
        "href": f"{reverse('metric', args=[page.metric.key])}?{urlencode(asked)}",
        "figure": amount(page, one.figure),
        "adjusted": amount(page, one.adjusted.estimate),
        "low": amount(page, one.adjusted.low),
        "high": amount(page, one.adjusted.high),
    }


def _signals(found: Verdict, place: int) -> str:
    rules = (one.rule for one in (found.chart.signals if found.chart else ()) if one.place == place)
    return ", ".join(rule.replace("_", " ") for rule in rules)


def _place(key: str) -> str:
    return key.replace(":", " ").replace("_", " ") if key else "everybody"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"

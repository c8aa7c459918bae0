"""What was said of open deals on days of the past, by forecast category, and what was won of it.

On each day a deal counts that was open then and expected to close in the day's window. Deals that
were won in the window and of which nothing was said for it stand under the category "". Amounts are
those of the day. Source: docs/calibration/categories.md
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, template
from wald.facts.subject import DEALS
from wald.heart.pipeline.open_then import Moment
from wald.heart.pipeline.standing import compose_open, within
from wald.kernel.bitemporal import AsOf

_SAID = """
SELECT COALESCE(was.forecast_category, 'none') AS category, :label AS label,
       COUNT(*) AS deals, COALESCE(SUM(was.amount), 0) AS amount,
       COUNT(CASE WHEN became.outcome = 'won' AND became.closed_on < :ends_on THEN 1 END) AS won,
       COALESCE(SUM(CASE WHEN became.outcome = 'won' AND became.closed_on < :ends_on
                         THEN was.amount END), 0) AS won_amount
  FROM was LEFT JOIN became ON became.opportunity_id = was.opportunity_id
 GROUP BY 1, 2
"""
_UNSAID = """
SELECT '' AS category, :label AS label, COUNT(*) AS deals,
       COALESCE(SUM(became.amount), 0) AS amount, COUNT(*) AS won,
       COALESCE(SUM(became.amount), 0) AS won_amount
  FROM became LEFT JOIN was ON was.opportunity_id = became.opportunity_id
 WHERE became.outcome = 'won' AND became.closed_on > :day AND became.closed_on < :ends_on
   AND was.opportunity_id IS NULL
"""


def compose_said(moments: Sequence[Moment], scene: Scene) -> exp.Select:
    """Return the SELECT of category, label, deals, amount, won, won_amount for each moment.

    `scene` is the day on which it is told what became of deals. `moments` has one at least.
    """
    parts = [part for one in moments for part in _of_moment(one, scene)]
    return exp.select("*").from_(exp.union(*parts, distinct=False).subquery("listed"))


def _of_moment(moment: Moment, scene: Scene) -> list[exp.Select]:
    then = replace(scene, when=AsOf(moment.day, scene.when.known))
    names = ["forecast_category", "close_on"]
    was = compose_open(then, names).where(within(moment.closing), copy=False)
    columns = ["opportunity_id", "outcome", "closed_on", "amount"]
    became = subject_rows(DEALS, scene, columns)
    words = {
        "label": exp.Literal.string(moment.closing.label),
        "day": day_literal(moment.day),
        "ends_on": day_literal(moment.closing.end),
    }
    return [
        template(_SAID, was=was.copy(), became=became.copy(), **words),
        template(_UNSAID, was=was, became=became, **words),
    ]

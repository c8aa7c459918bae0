"""The pipeline of a past day, and what changed between two, against SQL written by hand."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count

from sqlglot import exp

from benchmarks.figure import Figure, median_ratio, median_seconds, own_peak_gb
from wald.engine.connect import Engine, connect, run
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.facts.two_days import TwoDays
from wald.heart.pipeline.changes import compose_deals, compose_flow, compose_totals
from wald.heart.pipeline.standing import compose_groups, compose_open
from wald.heart.pipeline.walk import Compared, compose_walk
from wald.kernel.actor import everything
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar
from wald.kernel.workspace import Workspace
from wald.language.write import Dialect, write
from wald.queries.pipeline import PipelineAsk, pipeline
from wald.queries.pipeline_changes import ChangesAsk, changed_deals, pipeline_changes

MOST = 1.5
MOST_GB = 4.0
FIRST, SECOND = date(2024, 3, 31), date(2024, 6, 30)
AS_OF_SECONDS, CHANGES_SECONDS = 2.0, 3.0
TERMS = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())

# What the first later change of a field replaced, as an analyst would write it.
_LATER = """
  SELECT opportunity_id,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'stage') AS stage,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'outcome') AS outcome,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'amount') AS amount,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'close_on') AS close_on,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'closed_on') AS closed_on,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'owner_id') AS owner_id,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'forecast_category') AS category
    FROM fact_opportunity_change WHERE changed_at >= TIMESTAMP '{after}' GROUP BY 1"""
_STATE = """
  SELECT o.opportunity_id, COALESCE(l.owner_id, o.owner_id) AS owner_id,
         COALESCE(l.stage, o.stage) AS stage, COALESCE(l.category, o.forecast_category) AS category,
         COALESCE(l.outcome, CASE WHEN o.closed_on > DATE '{day}' THEN 'open'
                                  ELSE o.outcome END) AS outcome,
         COALESCE(CAST(l.amount AS DECIMAL(18, 4)), o.amount) AS amount,
         COALESCE(CAST(l.close_on AS DATE), o.close_on) AS close_on,
         COALESCE(CAST(l.closed_on AS DATE), o.closed_on) AS closed_on
    FROM fact_opportunity o LEFT JOIN ({later}) l ON l.opportunity_id = o.opportunity_id
   WHERE o.created_at < TIMESTAMP '{after}'"""
_STANDING = """
SELECT s.stage, p.team, COUNT(*), SUM(s.amount), COUNT(*) FILTER (WHERE s.amount IS NULL)
  FROM ({state}) s LEFT JOIN fact_person p ON p.person_id = s.owner_id
 WHERE s.outcome = 'open' GROUP BY ALL"""
_CHANGES = """
SELECT COALESCE(b.opportunity_id, a.opportunity_id) AS opportunity_id, a.stage AS stage_1,
       b.stage AS stage_2, a.category AS category_1, b.category AS category_2,
       a.close_on AS close_on_1, b.close_on AS close_on_2, a.owner_id AS owner_1,
       b.owner_id AS owner_2, a.amount AS amount_1, b.amount AS amount_2,
       CASE WHEN a.outcome = 'open' THEN COALESCE(a.amount, 0) END AS start,
       CASE WHEN b.outcome = 'open' THEN COALESCE(b.amount, 0) END AS finish,
       CASE WHEN a.opportunity_id IS NULL THEN COALESCE(b.amount, 0) END AS new,
       CASE WHEN a.outcome = 'open' AND b.amount > a.amount THEN b.amount - a.amount END AS up,
       CASE WHEN a.outcome = 'open' AND b.amount < a.amount THEN b.amount - a.amount END AS down,
       CASE WHEN b.outcome = 'won' THEN -COALESCE(b.amount, 0) END AS won,
       CASE WHEN b.outcome = 'lost' THEN -COALESCE(b.amount, 0) END AS lost,
       m.pushes, m.pulls
  FROM ({second}) b
  LEFT JOIN ({first}) a ON a.opportunity_id = b.opportunity_id
  LEFT JOIN (SELECT opportunity_id, COUNT(*) FILTER (WHERE new > old) AS pushes,
                    COUNT(*) FILTER (WHERE new < old) AS pulls
               FROM fact_opportunity_change
              WHERE field = 'close_on' AND changed_at >= TIMESTAMP '{since}'
                AND changed_at < TIMESTAMP '{until}' GROUP BY 1) m
    ON m.opportunity_id = b.opportunity_id
 WHERE a.outcome = 'open' OR b.outcome = 'open' OR b.closed_on > DATE '{day}'"""
_SUMS = """
SELECT SUM(start), SUM(finish), SUM(new), SUM(up), SUM(down), SUM(won), SUM(lost), COUNT(new),
       COUNT(up), COUNT(down), COUNT(won), COUNT(lost) FROM {kept}"""
_FLOW = "SELECT category_1, category_2, COUNT(*), SUM(start) FROM {kept} GROUP BY ALL"
_DRILL = "SELECT * FROM {kept} WHERE won IS NOT NULL ORDER BY won, opportunity_id LIMIT 50"


def measuring_pipeline(snapshot: Snapshot, workspace: Workspace) -> Iterator[Figure]:
    engine = connect("", snapshot.root)
    engine.attach(snapshot)
    yield _against("open deals by stage and team as of " + str(FIRST), *_standing(engine, snapshot))
    yield _against(f"what changed {FIRST} to {SECOND}, with drill", *_changes(engine, snapshot))
    engine.close()
    yield from _asked(workspace)
    peak = own_peak_gb()
    yield Figure(
        "all of this section: peak memory", f"{MOST_GB:.0f} GB", f"{peak:.2f} GB", peak <= MOST_GB
    )


def _against(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> Figure:
    mine, other, ratio = median_ratio(ours, theirs, runs=5)
    measured = f"{ratio:.2f} x ({mine:.1f} against {other:.1f} s)"
    return Figure(name, f"{MOST} x by hand", measured, ratio <= MOST)


def _standing(
    engine: Engine, snapshot: Snapshot
) -> tuple[Callable[[], object], Callable[[], object]]:
    scene = Scene(snapshot, AsOf(FIRST), TERMS)
    deals = compose_open(scene, {"team"}).subquery("deals")
    tree = compose_groups(deals, ("stage", "team"), scene)
    by_hand = _STANDING.format(state=_state(FIRST))
    return lambda: run(engine, tree), lambda: engine.fetch(by_hand)


def _changes(
    engine: Engine, snapshot: Snapshot
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Both keep their deals in the engine, then ask for sums, the flow and a page of deals."""
    compared = Compared(TwoDays(AsOf(FIRST), AsOf(SECOND), snapshot), TERMS)
    text = write(compose_walk(compared), Dialect.DUCKDB)
    by_hand = _CHANGES.format(
        first=_state(FIRST),
        second=_state(SECOND),
        day=FIRST,
        since=FIRST + timedelta(days=1),
        until=SECOND + timedelta(days=1),
    )
    number = count()

    def kept(rows: str) -> str:
        """Keep rows anew, whatever is kept already."""
        stage = engine.stage
        assert stage is not None
        return stage(f"{rows} /* {next(number)} */")

    def ours() -> None:
        walk = exp.to_table(kept(text))
        run(engine, compose_totals(walk.copy()))
        run(engine, compose_flow(walk.copy()))
        deals = compose_deals(walk.copy(), "won", (exp.true(), exp.true()))
        run(engine, deals.order_by("adds", "opportunity_id").limit(50))

    def theirs() -> None:
        name = kept(by_hand)
        for one in (_SUMS, _FLOW, _DRILL):
            engine.fetch(one.format(kept=name))

    return ours, theirs


def _asked(workspace: Workspace) -> Iterator[Figure]:
    """Time whole answers as a page gets them, each of a day that was not asked for before."""
    actor, days = everything("benchmark"), count(1)

    def standing() -> None:
        ask = PipelineAsk(FIRST - timedelta(days=next(days)), by=("stage", "team"))
        pipeline(actor=actor, workspace=workspace, ask=ask)

    def changes() -> None:
        ask = ChangesAsk(FIRST - timedelta(days=next(days)), SECOND)
        pipeline_changes(actor=actor, workspace=workspace, ask=ask)
        changed_deals(actor=actor, workspace=workspace, ask=ask, bar="won")

    for name, work, most in (
        ("the pipeline of a day never asked for, with its doubts", standing, AS_OF_SECONDS),
        ("what changed between such days, with drill and doubts", changes, CHANGES_SECONDS),
    ):
        seconds = median_seconds(work, runs=5)
        yield Figure(name, f"{most:.0f} s", f"{seconds:.1f} s", seconds <= most)


def _state(day: date) -> str:
    after = f"{day + timedelta(days=1)}"
    return _STATE.format(day=day, after=after, later=_LATER.format(after=after))

"""Wald in Python: open a workspace, ask for numbers, get Arrow tables.

    import wald

    w = wald.open("var/wald")
    rates = w.measure("win_rate", by=["region"], period="2026-Q2")
    rates.to_pandas()           # or polars.from_arrow(rates), or any Arrow reader

Nothing is computed at import. Every call says as of when, and its result carries the
answer's metric, unit, dates and notes in `schema.metadata`.
"""

import getpass
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wald.kernel.actor import Actor, everything
from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from wald.documents.resolve import Effective
    from wald.facts.load_report import LoadReport, UndoReport
    from wald.facts.metric import Metric
    from wald.heart.compensation.statement import Statement
    from wald.insights.insight import Insight
    from wald.queries.cases import CasePage
    from wald.queries.document_plans import Plan
    from wald.queries.measure import Ask
    from wald.queries.pulse import Pulse
    from wald.records.stores.case_lists import CaseLine
    from wald.records.stores.decisions import KeptDecision
    from wald.records.stores.insights import KeptInsight
    from wald.records.stores.loads import LoadRecord
    from wald.records.stores.pay import KeptRun

__all__ = ["Wald", "open"]

Day = date | str | None
Instant = datetime | str | None


@dataclass(frozen=True, slots=True)
class Wald:
    """An open workspace, and where its numbers are computed. Made by `wald.open`."""

    workspace: Workspace
    engine: str
    actor: Actor

    def metrics(self) -> Mapping[str, "Metric"]:
        """Return every metric by key, with its definition."""
        from wald.facts.metric import metrics

        return metrics()

    def measure(
        self,
        metric: str,
        *,
        by: Sequence[str] = (),
        where: str = "",
        period: str = "",
        as_of: Day = None,
        known: Instant = None,
    ) -> "pa.Table":
        """Return one row per group: the dimensions as text, and `value`.

        A count is an int64; money, ratios, days and averages are decimals; null where it
        cannot be had. Raises wald.kernel.problem.BadInput with every Problem in what was asked.
        """
        from wald.queries.frames import answer_frame
        from wald.queries.measure import measure

        ask = _ask(metric, by, where, period, as_of, known)
        return answer_frame(
            measure(actor=self.actor, workspace=self.workspace, ask=ask, engine=self.engine)
        )

    def rows(
        self,
        metric: str,
        *,
        by: Sequence[str] = (),
        where: str = "",
        period: str = "",
        as_of: Day = None,
        known: Instant = None,
        limit: int | None = None,
    ) -> "pa.Table":
        """Return the rows behind a number; `numerator` and `denominator` add up to it."""
        from wald.queries.frames import rows_frame
        from wald.queries.measure import rows_behind

        ask = _ask(metric, by, where, period, as_of, known)
        found = rows_behind(
            actor=self.actor,
            workspace=self.workspace,
            ask=ask,
            engine=self.engine,
            limit=limit,
        )
        return rows_frame(found)

    def pulse(
        self, period: str = "", *, as_of: Day = None, known: Instant = None
    ) -> "Pulse | None":
        """Return the state of the sales organization, None when nothing is loaded."""
        from wald.queries.pulse import pulse

        return pulse(
            actor=self.actor,
            workspace=self.workspace,
            period=period,
            as_of=_day(as_of),
            known=_instant(known),
            engine=self.engine,
        )

    def table(self, name: str, *, as_of: Day = None, known: Instant = None) -> "pa.Table":
        """Return a canonical table as it stood, by its key. Names: docs/reference/tables.md."""
        from wald.queries.tables import table_as_of

        return table_as_of(
            actor=self.actor,
            workspace=self.workspace,
            name=name,
            day=_day(as_of),
            known=_instant(known),
            engine=self.engine,
        )

    def load(
        self,
        folder: str | Path,
        *,
        dry_run: bool = False,
        connector: str | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        decimal: str | None = None,
        dates: str | None = None,
        currency: str | None = None,
        without_repairs: Collection[str] = (),
    ) -> "LoadReport":
        """Load the folder of an export; return what came of each row.

        All its good rows are loaded, or nothing. Raises BadInput where it cannot be used.
        """
        from wald.actions import ingest
        from wald.facts.load_report import LoadOptions

        options = LoadOptions(
            connector, encoding, delimiter, decimal, dates, currency, frozenset(without_repairs)
        )
        action = ingest.plan_load if dry_run else ingest.load
        return action(
            actor=self.actor,
            workspace=self.workspace,
            folder=Path(folder),
            options=options,
            at=datetime.now(UTC),
        )

    def loads(self) -> tuple["LoadRecord", ...]:
        """Return every load that ended, newest first."""
        from wald.queries.loads import all_loads

        return all_loads(actor=self.actor, workspace=self.workspace)

    def undo(self, load_id: int) -> "UndoReport":
        """Take the newest load back. Raises Refusal if `load_id` is not it."""
        from wald.actions import ingest

        return ingest.undo(
            actor=self.actor, workspace=self.workspace, load_id=load_id, at=datetime.now(UTC)
        )

    def acting_as(self, user: str) -> "Wald":
        """Return this workspace as one of its users sees it, with their rights and rows."""
        from wald.queries.users import actor_named

        found = actor_named(actor=self.actor, workspace=self.workspace, name=user)
        return replace(self, actor=found)

    def effective(
        self,
        type: str,
        name: str,
        unit: str = "",
        *,
        on: Day = None,
        known: Instant = None,
    ) -> "Effective | None":
        """Return what a document said for a unit on a day, each value with where it comes from.

        `on` None is today. None where nothing held.
        """
        from wald.queries.documents import effective

        return effective(
            actor=self.actor,
            workspace=self.workspace,
            type=type,
            name=name,
            unit=unit,
            on=_day(on) or datetime.now(UTC).date(),
            known=_instant(known),
        )

    def plan(self, text: str) -> "Plan":
        """Return what the text of a document would change; nothing is written."""
        from wald.queries.document_plans import plan

        return plan(actor=self.actor, workspace=self.workspace, text=text, at=datetime.now(UTC))

    def cases(
        self,
        whose: str = "all",
        *,
        kind: str = "",
        search: str = "",
        is_overdue: bool = False,
        limit: int = 100,
    ) -> tuple["CaseLine", ...]:
        """Return open cases that this actor sees, due first. `whose`: queries.cases.WHOSE."""
        from wald.queries.cases import CasesAsk, case_lines

        return case_lines(
            actor=self.actor,
            workspace=self.workspace,
            ask=CasesAsk(whose, kind=kind, search=search, is_overdue=is_overdue),
            at=datetime.now(UTC),
            limit=limit,
        )

    def case(self, case_id: int) -> "CasePage | None":
        """Return one case with all that happened, None if there is none to be seen."""
        from wald.queries.cases import one_case

        return one_case(
            actor=self.actor, workspace=self.workspace, case_id=case_id, at=datetime.now(UTC)
        )

    def insights(self, *, limit: int = 100) -> tuple["KeptInsight", ...]:
        """Return what was noticed, seen last first."""
        from wald.queries.insights import insight_list

        found = insight_list(actor=self.actor, workspace=self.workspace, limit=limit)
        return found.rows

    def record_insight(self, insight: "Insight") -> int:
        """Keep what was noticed; the same finding again is seen once more. Raises BadInput."""
        from wald.actions.insights import record_insight

        return record_insight(
            actor=self.actor, workspace=self.workspace, insight=insight, at=datetime.now(UTC)
        )

    def decisions(self, *, limit: int = 100) -> tuple["KeptDecision", ...]:
        """Return what was decided and what came of it, newest first."""
        from wald.queries.decisions import decision_list

        found = decision_list(actor=self.actor, workspace=self.workspace, limit=limit)
        return found.rows

    def decide(self, **written: Any) -> int:
        """Make a decision from the fields of memory.draft.Draft; return its number.

        What is left out of one on an insight is what the insight proposes. Its metric is frozen as
        of today. Raises BadInput with every Problem.
        """
        from wald.actions.decisions import decide
        from wald.memory.draft import Draft
        from wald.queries.remedies import proposed_for

        at, number = datetime.now(UTC), written.get("insight_id")
        actor, place = self.actor, self.workspace
        found = None
        if number:
            found = proposed_for(actor=actor, workspace=place, insight_id=number, on=at.date())
        draft = replace(found.draft if found else Draft(), **written)
        return decide(actor=actor, workspace=place, draft=draft, at=at)

    def run_pay(self, period: str) -> "KeptRun":
        """Compute the pay of a period for everybody, as a draft that somebody else releases."""
        from wald.actions.pay import run

        at = datetime.now(UTC)
        return run(actor=self.actor, workspace=self.workspace, period=period, at=at)

    def pay_runs(self, *, limit: int = 100) -> tuple["KeptRun", ...]:
        """Return pay runs, newest first; drafts to who may see everybody's pay."""
        from wald.queries.pay_page import runs

        return runs(actor=self.actor, workspace=self.workspace, limit=limit).runs

    def statement(self, run_id: int, person_id: str, *, currency: str = "") -> "Statement":
        """Return what one person is paid in one run and why, every figure with its derivation.

        Who is paid in several currencies has a statement in each; "" is the first.
        """
        from wald.queries.pay_statements import statement

        return statement(
            actor=self.actor,
            workspace=self.workspace,
            run_id=run_id,
            person_id=person_id,
            currency=currency,
        )


def open(home: str | Path = "var/wald", *, engine: str = "") -> Wald:
    """Open the workspace in the folder `home`, making it at its first use.

    `engine` is an address as `wald measure --engine` takes it; "" computes in this process.
    """
    place = Path(home).expanduser().resolve()
    os.environ.setdefault("WALD_HOME", str(place))
    # A notebook runs an event loop in its thread, where Django would refuse to read records.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wald.site.settings")
    import django
    from django.apps import apps

    with _time_zone_kept():
        if not apps.ready:
            django.setup()
    from wald.actions.workspace import open_workspace

    workspace = open_workspace(place)
    return Wald(workspace, engine, everything(getpass.getuser()))


@contextmanager
def _time_zone_kept() -> Iterator[None]:
    """Give the process its own time zone back: setting Django up makes it UTC."""
    before = os.environ.get("TZ")
    yield
    if os.environ.get("TZ") == before:
        return
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def _ask(
    metric: str, by: Sequence[str], where: str, period: str, as_of: Day, known: Instant
) -> "Ask":
    from wald.queries.measure import Ask

    if isinstance(by, str):
        raise BadInput("`by` is a list.", [Problem("by", f"{by!r} is text", f"write [{by!r}]")])
    return Ask(metric, tuple(by), where, period, _day(as_of), _instant(known))


def _day(given: Day) -> date | None:
    found = read_day(given, "as_of") if isinstance(given, str) else given
    if isinstance(found, Problem):
        raise BadInput("as_of cannot be read.", [found])
    return found


def _instant(given: Instant) -> datetime | None:
    found = read_instant(given, "known") if isinstance(given, str) else given
    if isinstance(found, Problem):
        raise BadInput("known cannot be read.", [found])
    if found is not None and found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found

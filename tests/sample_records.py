"""Records of every noun, so that each page has something to show; and a person in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from playwright.sync_api import Browser, Page

from tests.agreeing import CENTRAL, OVERRIDE, somebody
from tests.deciding import DRAFT
from tests.paying_runs import SELLERS
from tests.serving import ANA, WORDS, workspace
from wald.actions import documents, pay
from wald.actions.cases import open_case
from wald.actions.channels import add_channel
from wald.actions.decisions import decide
from wald.actions.hygiene_fixes import fix_deals
from wald.actions.insights import record_insight
from wald.actions.views import save_view
from wald.actions.work.queue import queue
from wald.documents.version import Version
from wald.heart.compensation.statement_json import line_nodes
from wald.heart.deal_fix import Wanted
from wald.insights.insight import Effect, Insight, StoredQuery
from wald.kernel.unit import Unit
from wald.queries.loads import all_loads
from wald.queries.pay_statements import statement
from wald.records.stores.channels import Form

_QUOTAS = """\
document: quota_plan
name: company
starts_on: 2027-01-01
content:
  fiscal_year: 2027
  total: 1000000
  currency: EUR
  weights: head_count
"""


def sample_records() -> dict[str, object]:
    """Make one of each and return their keys by noun."""
    at, place = datetime.now(UTC), workspace()
    save_view(
        actor=ANA, workspace=place, name="Won", address="/deals/?outcome=won", at=at, is_shared=True
    )
    insight = record_insight(actor=ANA, workspace=place, insight=_noticed(), at=at)
    chosen = replace(DRAFT, period="2027-Q1", review_on="2027-04-02", insight_id=insight)
    return {
        "fix": _fixed(at),
        "load": all_loads(actor=ANA, workspace=place)[-1].load_id,
        "newest": all_loads(actor=ANA, workspace=place)[0].load_id,
        "insight": insight,
        "decision": decide(actor=ANA, workspace=place, draft=chosen, at=at),
        "case": _asked(insight, at),
        "job": queue(actor=ANA, workspace=place, kind="warm_pulse", at=at),
        "channel": _told_elsewhere(at),
        **_agreed(at),
        **_paid(at),
    }


def _fixed(at: datetime) -> int:
    wanted = [Wanted("O4", "close_on", "2024-06-30"), Wanted("O4", "amount", "80")]
    made = fix_deals(actor=ANA, workspace=workspace(), wanted=wanted, why="They said so", at=at)
    return made.fix_id


def _noticed() -> Insight:
    return Insight(
        claim="Deals in the North are lost more often",
        source="person",
        subject="region:North",
        metric="win_rate",
        effect=Effect(Decimal("-0.3"), Decimal("-0.2"), Decimal("-0.1"), Unit.RATIO),
        evidence={"there": "1 of 2 won"},
        question=StoredQuery("win_rate", where="region = 'North'", period="2024-Q1"),
    )


def _asked(insight: int, at: datetime) -> int:
    return open_case(
        actor=ANA,
        workspace=workspace(),
        kind="task",
        title="Ask the North why deals are lost",
        at=at,
        assignee="ana",
        links=(f"insight:{insight}", "opportunity:O1"),
    )


def _told_elsewhere(at: datetime) -> int:
    return add_channel(
        actor=ANA,
        workspace=workspace(),
        name="Warehouse",
        form=Form.WEBHOOK,
        url="https://93.184.215.14/hooks/wald",
        events=("case.*",),
        at=at,
    ).channel_id


def _agreed(at: datetime) -> dict[str, object]:
    """Put a policy in force, and leave an override as a draft."""
    held = _in_force(CENTRAL, at)
    _in_force(_QUOTAS, at)
    later = OVERRIDE.replace("2026-02-01", "2027-02-01").replace("2026-06-01", "2027-06-01")
    return {"version": held.version_id, "draft": _written(later, "lou", at).version_id}


def _paid(at: datetime) -> dict[str, object]:
    """Pay Ana (P1) for February 2024: 5 % of 100.00, released by Fin."""
    _in_force(SELLERS, at)
    made = pay.run(actor=ANA, workspace=workspace(), period="2024-02", at=at)
    pay.release(actor=somebody("fin"), workspace=workspace(), run_id=made.run_id, at=at)
    paid = statement(actor=ANA, workspace=workspace(), run_id=made.run_id, person_id="P1")
    return {"pay_run": made.run_id, "pay_line": next(iter(line_nodes(paid)))}


def _in_force(text: str, at: datetime) -> Version:
    held = _written(text, "ana", at)
    handed_in = documents.submit(
        actor=somebody("ana"),
        workspace=workspace(),
        version_id=held.version_id,
        revision=held.revision,
        at=at,
    )
    documents.approve(
        actor=somebody("fin"),
        workspace=workspace(),
        version_id=handed_in.version_id,
        revision=handed_in.revision,
        at=at,
    )
    return held


def _written(text: str, by: str, at: datetime) -> Version:
    return documents.draft(actor=somebody(by), workspace=workspace(), text=text, at=at).version


@contextmanager
def signed_in(browser: Browser, site: str, name: str, **options: object) -> Iterator[Page]:
    """Open a page of a browser in which somebody has signed in."""
    with browser.new_context(**options) as context:  # type: ignore[arg-type]  # Playwright's own
        page = context.new_page()
        page.goto(f"{site}/sign-in/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(WORDS)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site}/")
        yield page

"""A plan is agreed, worked out by hand and by Wald, published, changed, and taken back."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.ingesting import Desk
from tests.quota_world import (
    IN_2026,
    LOADED,
    PLAN,
    agreed,
    at,
    held,
    load,
    page,
    published,
    quotas,
    reached,
    somebody,
    write_company,
)
from wald.actions import documents, ingest
from wald.actions.quotas import publish
from wald.kernel.problem import BadInput, Conflict, NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.attainment import AskedAttainment
from wald.queries.measure import Ask, measure
from wald.queries.quota_ground import NoSuchPlan
from wald.queries.quotas import arising
from wald.queries.tables import table_as_of


@pytest.fixture
def place(desk: Desk) -> Workspace:
    load(write_company(desk.folder), LOADED, desk.workspace)
    return desk.workspace


def test_the_figures_are_those_worked_out_by_hand(place: Workspace) -> None:
    """Ned counts for 0.25/3 x (0 + 0.5 + 1) + 0.2 + 0.35 = 0.675 of the year, and weighs that of
    the average of the other three, 200,000: 135,000. North weighs 400 of 735, South 335."""
    agreed(place)
    assert held(page(place)) == {
        "organization": "1000000.00",
        "North": "598639.46",
        "North/Alpha": "598639.46",
        "North/Alpha/@R1": "448979.60",
        "North/Alpha/@R2": "149659.86",
        "South": "501360.54",
        "South/Beta": "299319.73",
        "South/Beta/@R3": "299319.73",
        "South/Gamma": "202040.81",
        "South/Gamma/@R4": "202040.81",
    }
    ned = page(place).line("South/Gamma/@R4")
    assert ned is not None
    assert [f"{one:f}" for one in ned.assigned] == ["0.00", "37414.96", "59863.95", "104761.90"]
    top = page(place).line("")
    assert top is not None
    assert top.hands_down == top.total == Decimal("1100000.00")


def test_bottom_up_stands_beside_top_down(place: Workspace) -> None:
    """Bea proposed 450,000 for the South, Max 400,000 for himself; of Moe nothing was said."""
    agreed(place)
    lines = {line.key: line for line in page(place).lines}
    south, alpha, top = lines["South"], lines["North/Alpha"], lines[""]
    assert (south.proposed, south.difference) == (Decimal(450000), Decimal("51360.54"))
    assert south.gap is not None
    assert south.gap.share == 5136054
    assert alpha.gap is not None
    assert (alpha.gap.below, alpha.gap.unsaid) == (4897960, 14965986)
    assert top.gap is not None
    assert (top.proposed, top.gap.over) == (Decimal(850000), -10000000)
    assert top.gap.difference == top.gap.below + top.gap.over == 15000000


def test_a_figure_says_how_it_arose(place: Workspace) -> None:
    agreed(place)
    found = arising(actor=somebody("ana"), workspace=place, name="company", node="@R4", on=IN_2026)
    told = [(step.sentence, step.figure) for step in found.steps]
    assert told == [
        ("The plan's total for the year.", 100000000),
        ("Organization hands down 110 % of what it holds.", 110000000),
        (
            "South weighs 45.58 % of those below Organization: by what was measured in the year "
            "before.",
            50136054,
        ),
        (
            "Gamma weighs 40.3 % of those below South: by what was measured in the year before.",
            20204081,
        ),
        (
            "Ned weighs 100 % of those below Gamma: by what was measured in the year before.",
            20204081,
        ),
        (
            "Brings 200,000 by what was measured in the year before; nothing is known of it, so "
            "the average of its place counts.",
            None,
        ),
        ("Counts for 67.5 % of the year, by season: days (actual) and ramp.", None),
        ("2026-Q1: the season gives it 20 %, of which 0 % count.", 0),
        ("2026-Q2: the season gives it 25 %, of which 50 % count.", 3741496),
        ("2026-Q3: the season gives it 20 %.", 5986395),
        ("2026-Q4: the season gives it 35 %.", 10476190),
    ]


def test_what_is_published_is_what_everybody_reads(place: Workspace) -> None:
    agreed(place)
    made = published(place)
    assert (made.rows, made.persons, made.total) == (15, 4, Decimal("1100000.00"))
    assert sum(quotas(place).values()) == Decimal("1100000.00")
    assert quotas(place)["plan/company/2026/R4/2026-Q2"] == Decimal("37414.96")
    found = reached(place, AskedAttainment("2026-Q1", as_of=date(2026, 3, 31)))
    (metric,) = measure(
        actor=somebody("ana"),
        workspace=place,
        ask=Ask("quota_attainment", period="2026-Q1", as_of=date(2026, 3, 31)),
    ).rows
    top = found.lines[0]
    assert (top.reached, top.quota) == (metric.numerator, metric.denominator)
    assert (top.reached, top.beside) == (80000, 7000)
    by_key = {one.node.key: one for one in found.lines}
    assert by_key["North/Alpha/@R1"].quota == Decimal("89795.92")
    assert by_key["North"].reached == 50000


def test_the_same_version_twice_brings_nothing_and_it_can_be_undone(place: Workspace) -> None:
    agreed(place)
    first = published(place)
    assert first.load_id is not None
    assert published(place, "2026-01-03").load_id is None
    ingest.undo(actor=somebody("ana"), workspace=place, load_id=first.load_id, at=at("2026-01-04"))
    assert quotas(place) == {}
    again = published(place, "2026-01-05")
    assert again.load_id is not None
    assert sum(quotas(place).values()) == Decimal("1100000.00")


def test_facts_that_come_later_do_not_move_a_version_that_was_approved(
    tmp_path: Path, place: Workspace
) -> None:
    agreed(place)
    before = held(page(place))
    late = tmp_path / "late"
    late.mkdir()
    (late / "booking.csv").write_text(
        "booking_id,owner_id,amount,currency,booked_on\nB9,R2,900000,EUR,2025-07-01\n"
    )
    assert load(late, at("2025-12-28"), place) is not None
    assert held(page(place)) == before


def test_a_later_version_keeps_the_windows_before_it_and_takes_back_what_is_gone(
    place: Workspace,
) -> None:
    agreed(place)
    published(place)
    changed = PLAN.replace("2026-01-01", "2026-07-01").replace("total: 1000000", "total: 900000")
    without = changed.replace("sellers: [rep]", "")
    agreed(place, without.replace("  fiscal_year", "  sellers: [rep]\n  fiscal_year"), "2026-06-20")
    before = quotas(place)
    made = published(place, "2026-07-02")
    assert made.rows == 8
    after = quotas(place)
    for key, amount in after.items():
        is_earlier = key.endswith(("Q1", "Q2"))
        assert (amount == before[key]) == is_earlier


def test_people_who_leave_the_plan_lose_their_quotas(place: Workspace) -> None:
    agreed(place)
    published(place)
    only_managers = (
        PLAN.replace("2026-01-01", "2026-07-01")
        .replace("  fiscal_year: 2026", "  sellers: [manager]\n  fiscal_year: 2026")
        .replace('    - {name: max, node: "@R1", amount: 400000, by: Max}\n', "")
    )
    agreed(place, only_managers, "2026-06-20")
    made = published(place, "2026-07-02")
    assert (made.persons, made.gone) == (2, 8)
    assert {key.split("/")[3] for key in quotas(place) if key.endswith("Q4")} == {"M1", "M2"}


def test_a_region_changes_what_it_may_for_itself_alone(place: Workspace) -> None:
    agreed(place)
    override = """\
document: quota_plan
name: company
unit: South
starts_on: 2026-01-01
expires_on: 2027-01-01
owner: lou
reason: A hedge for a new team
content:
  levels:
    - {level: region, over_assignment: 1.05}
  proposals:
    - {name: south, amount: 440000}
"""
    agreed(place, override, "2025-12-21", by="lou", approver="fin")
    found = page(place)
    south, north = found.line("South"), found.line("North")
    assert south is not None
    assert north is not None
    assert (south.held, south.hands_down) == (Decimal("501360.54"), Decimal("526428.57"))
    assert north.hands_down == north.held
    assert south.proposed == 440000


def test_an_override_moves_the_windows_that_begin_under_it(place: Workspace) -> None:
    """South hands down 5 % more in the second half of the year; what was published of the first
    half stays, whenever it is published again."""
    agreed(place)
    published(place, "2026-01-02")
    before = quotas(place)
    half = """\
document: quota_plan
name: company
unit: South
starts_on: 2026-07-01
expires_on: 2026-10-01
owner: lou
reason: A hedge for the summer
content:
  levels:
    - {level: region, over_assignment: 1.05}
"""
    agreed(place, half, "2026-05-01", by="lou")
    published(place, "2026-08-01")
    after = quotas(place)
    moved = {key for key in before if after[key] != before[key]}
    ben, ned = "plan/company/2026/R3/2026-Q3", "plan/company/2026/R4/2026-Q3"
    assert moved == {ben, ned}
    assert abs(after[ben] - before[ben] * Decimal("1.05")) <= Decimal("0.01")
    published(place, "2026-11-01")
    assert quotas(place) == after, "it has expired, and what was agreed for the summer stays"


def test_a_pin_takes_from_its_neighbours_and_says_so(place: Workspace) -> None:
    pinned = PLAN.replace(
        "  proposals:\n",
        "  pins:\n    - {name: ned, node: South, amount: 400000, reason: New}\n  proposals:\n",
        1,
    )
    version = documents.draft(
        actor=somebody("ana"), workspace=place, text=pinned, at=at("2025-12-20")
    ).version
    found = page(place, version_id=version.version_id)
    north, south = found.line("North"), found.line("South")
    assert north is not None
    assert south is not None
    assert (south.held, north.held) == (Decimal("400000.00"), Decimal("700000.00"))
    assert (south.gave, north.gave) == (Decimal("101360.54"), Decimal("-101360.54"))
    assert south.is_pinned


@pytest.mark.parametrize(
    ("pins", "sentence"),
    [
        ('{name: a, node: "@R1", amount: 700000}', "pins below it hold 101,360.54 more"),
        ('{name: a, node: "@R9", amount: 1}', "nothing called '@R9'"),
        ("{name: a, node: South/Beta/@R3, amount: 1}", "299,318.73 of it is left"),
        ("{name: a, node: organization, amount: 1}", "the total is what it holds"),
    ],
)
def test_pins_that_cannot_be_met_are_refused_with_the_figure(
    pins: str, sentence: str, place: Workspace
) -> None:
    text = PLAN.replace("  proposals:\n", f"  pins:\n    - {pins}\n  proposals:\n", 1)
    version = documents.draft(
        actor=somebody("ana"), workspace=place, text=text, at=at("2025-12-20")
    ).version
    with pytest.raises(BadInput) as refusal:
        page(place, version_id=version.version_id)
    assert sentence in "\n".join(map(str, refusal.value.problems))


def test_only_what_holds_is_published_and_only_by_who_may_load(place: Workspace) -> None:
    with pytest.raises(NoSuchPlan):
        published(place)
    documents.draft(actor=somebody("ana"), workspace=place, text=PLAN, at=at("2025-12-20"))
    with pytest.raises(NoSuchPlan):
        published(place)
    agreed(place)
    with pytest.raises(NoSuchPlan):
        published(place, "2025-12-22")
    assert published(place, "2025-12-22", holds=date(2026, 1, 1)).load_id is not None
    for name in ("fin", "mia", "rae"):
        with pytest.raises(NotAllowed):
            published(place, by=name)


def test_other_quotas_for_the_same_days_are_in_the_way(tmp_path: Path, place: Workspace) -> None:
    agreed(place)
    other = tmp_path / "other"
    other.mkdir()
    (other / "quota.csv").write_text(
        "quota_id,person_id,starts_on,ends_on,amount,currency\nX,R1,2026-02-01,2026-03-01,1,EUR\n"
    )
    load(other, at("2025-12-28"), place)
    with pytest.raises(Conflict, match="such as of R1"):
        published(place)


def test_a_plan_for_another_measure_is_published_beside_that_of_bookings(
    place: Workspace,
) -> None:
    text = PLAN.replace("currency: EUR", "measure: won_deals").replace("1000000", "10")
    text = text.replace("400000", "4").replace("450000", "4").replace("company", "deals")
    agreed(place)
    agreed(place, text)
    bookings = published(place)
    asked = AskedAttainment("2026-Q1", as_of=date(2026, 3, 31))
    before = reached(place, asked)
    in_bookings = quotas(place)
    deals = publish(actor=somebody("ana"), workspace=place, name="deals", at=at("2026-01-03"))
    assert (bookings.measure, deals.measure, deals.currency) == ("bookings", "won_deals", "")
    rows = table_as_of(
        actor=somebody("ana"), workspace=place, name="quota", day=date(2026, 12, 31)
    ).to_pylist()
    of_deals = {row["quota_id"]: row["amount"] for row in rows if row["measure"] == "won_deals"}
    assert sum(of_deals.values()) == deals.total == 11, "ten, handed down with 110 %"
    assert {key: quotas(place)[key] for key in in_bookings} == in_bookings
    after = reached(place, asked)
    assert [(one.node.key, one.quota) for one in after.lines] == [
        (one.node.key, one.quota) for one in before.lines
    ], "quotas of deals are none of bookings"
    year = AskedAttainment("2026", measure="won_deals", as_of=date(2026, 12, 31))
    assert reached(place, year).lines[0].quota == 11


def test_attainment_of_a_plan_needs_no_publishing(place: Workspace) -> None:
    agreed(place)
    found = reached(place, AskedAttainment("2026-Q1", plan="company", as_of=date(2026, 3, 31)))
    top = found.lines[0]
    assert (top.reached, top.beside) == (80000, 7000)
    by_key = {one.node.key: one for one in found.lines}
    assert by_key["South/Beta/@R3"].quota == Decimal("59863.95")


def test_the_outlook_is_the_same_for_the_same_seed(place: Workspace) -> None:
    agreed(place)
    one, other = page(place), page(place)
    assert one.outlook is not None
    assert one.outlook == other.outlook
    assert one.outlook.past_windows == 2
    assert one.evenness is not None
    assert (one.evenness.people, one.against) == (3, "bookings of 2025")

"""Other ways to plan: by managers, by potential, by months, with a measured season, with relief."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.ingesting import Desk
from tests.quota_world import LOADED, LOCAL, PLAN, agreed, at, load, somebody, write_company
from wald.kernel.problem import BadInput, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.attainment import AskedAttainment, attainment
from wald.queries.quotas import Line, PlanPage, plan_page

_HEAD, _, _REST = PLAN.replace("  proposals.south.amount:\n", "").partition("  proposals:")
_HALF = "  shares:\n    - {name: n, node: North, share: 0.5}\n"
SHORT = LOCAL.replace("  proposals.south.amount:\n", "")
BARE = f"{_HEAD}  season: given{_REST.partition('  season: given')[2]}"


@pytest.fixture
def place(desk: Desk) -> Workspace:
    load(write_company(desk.folder), LOADED, desk.workspace)
    return desk.workspace


def more(fields: str, text: str = BARE) -> str:
    return text.replace("  fiscal_year: 2026\n", f"  fiscal_year: 2026\n{fields}")


def measured(fields: str) -> str:
    return more(fields, BARE.replace("season: given", "season: measured"))


def page(place: Workspace, text: str) -> PlanPage:
    agreed(place, text)
    return plan_page(actor=somebody("ana"), workspace=place, name="company", on=date(2026, 3, 1))


def line(found: PlanPage, key: str) -> Line:
    told = found.line(key)
    assert told is not None
    return told


def test_a_plan_goes_down_the_managers(place: Workspace) -> None:
    found = page(place, more("  hierarchy: managers\n  weights: head_count\n").replace(SHORT, ""))
    assert [one.key for one in found.lines] == [
        "", "L1", "L1/M1", "L1/M1/@R1", "L1/M1/@R2", "L1/M2", "L1/M2/@R3", "L1/M2/@R4",
    ]  # fmt: skip
    assert [one.title for one in found.lines][1:3] == ["Lea", "Mia"]
    ask = AskedAttainment("2026-Q1", plan="company", as_of=date(2026, 3, 31))
    reached = attainment(actor=somebody("ana"), workspace=place, ask=ask)
    assert reached is not None
    by_key = {one.node.title: one for one in reached.lines}
    assert by_key["Mia"].reached == 50000
    assert by_key["Lea"].reached == 80000


def test_potentials_weigh_and_tell_what_is_fair(place: Workspace) -> None:
    given = "  weights: potential\n  potentials:\n" + "".join(
        f"    - {{name: p{n}, person: R{n}, amount: {amount}}}\n"
        for n, amount in ((1, 100), (2, 100), (3, 200), (4, 400))
    )
    found = page(place, more(given))
    assert line(found, "South/Beta/@R3").held == Decimal("328358.21")  # 200 of 670
    assert found.against == "the plan's potentials"
    assert found.evenness is not None
    assert found.evenness.people == 4
    assert found.evenness.variation == 0  # Ned counts for less of the year, and has less


def test_a_metric_tells_the_potential(place: Workspace) -> None:
    found = page(place, more("  weights: potential\n  potential_metric: bookings\n"))
    assert found.against == "bookings"
    assert line(found, "North/Alpha/@R1").held == Decimal("448979.60")


def test_a_season_is_measured_of_the_years_that_are_over(place: Workspace, tmp_path: Path) -> None:
    """Of 2025 600,000 were booked: half in March, a sixth in June, a third in December."""
    end = tmp_path / "end"
    end.mkdir()
    (end / "booking.csv").write_text(
        "booking_id,owner_id,amount,currency,booked_on\nB7,R3,0.01,EUR,2025-12-31\n"
    )
    load(end, at("2025-12-16"), place)
    found = page(place, measured("  season_years: 1\n  windows: month\n"))
    top = line(found, "North/Alpha/@R1")
    assert len(found.windows) == 12
    assert sum(top.assigned) == top.held
    shares = {
        label: amount / top.held for label, amount in zip(found.windows, top.assigned, strict=True)
    }
    assert round(shares["2026-03"], 3) == Decimal("0.5")
    assert round(shares["2026-12"], 3) == Decimal("0.333")
    assert shares["2026-01"] == 0


def test_a_season_of_a_year_that_is_not_over_is_no_season(place: Workspace) -> None:
    text = measured("  season_years: 1\n")
    text = text.replace("  fiscal_year: 2026", "  fiscal_year: 2027").replace(
        "starts_on: 2026-01-01", "starts_on: 2026-02-01"
    )
    agreed(place, text)
    with pytest.raises(BadInput, match="season"):
        plan_page(actor=somebody("ana"), workspace=place, name="company", on=date(2026, 3, 1))


def test_relief_stands_beside_what_is_held(place: Workspace) -> None:
    """In full Ned weighs 200 of 800, as the others' average; he counts for 0.675 of the year."""
    found = page(place, more("  proration:\n    relief: nobody\n"))
    ned = line(found, "South/Gamma/@R4")
    assert ned.held == Decimal("275000.00")
    assert ned.total == Decimal("185625.00")
    assert ned.relief == line(found, "").relief == Decimal("89375.00")
    top = line(found, "")
    assert top.total + top.relief == Decimal("1100000.00")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("  sellers: [pilot]\n", "nobody sells in this year"),
        (f"{_HALF}    - {{name: s, node: South, share: 0.4}}\n",
         "they add up to 0.9"),
        ("  shares:\n    - {name: n, node: Nowhere, share: 0.5}\n", "nothing called 'Nowhere'"),
    ],
)  # fmt: skip
def test_what_the_people_do_not_fit_is_told(place: Workspace, fields: str, sentence: str) -> None:
    agreed(place, more(fields))
    with pytest.raises(BadInput) as refusal:
        plan_page(actor=somebody("ana"), workspace=place, name="company", on=date(2026, 3, 1))
    assert sentence in "\n".join(map(str, refusal.value.problems))


def test_a_region_has_its_own_season_and_ramp_where_it_may(place: Workspace) -> None:
    local = "local:\n  season_shares.*.share:\n  ramp.*.share:\n"
    agreed(place, BARE.replace("local:\n", local))
    summer = """\
  season_shares:
    - {period: 1, share: 0.1}
    - {period: 2, share: 0.1}
    - {period: 3, share: 0.7}
    - {period: 4, share: 0.1}
  ramp:
    - {month: 2, share: 1}
"""
    agreed(place, override("South", summer), "2025-12-21", by="lou")
    found = plan_page(actor=somebody("ana"), workspace=place, name="company", on=date(2026, 3, 1))
    ben, max_ = line(found, "South/Beta/@R3"), line(found, "North/Alpha/@R1")
    assert [round(one / ben.held, 3) for one in ben.assigned] == [
        Decimal(share) for share in ("0.1", "0.1", "0.7", "0.1")
    ]
    assert round(max_.assigned[3] / max_.held, 3) == Decimal("0.35")
    ned = line(found, "South/Gamma/@R4")  # 2/3 of the second quarter, and the rest: 0.8667
    assert round(ned.assigned[1] / ned.held, 4) == Decimal("0.0769")


def override(unit: str, content: str) -> str:
    return f"""\
document: quota_plan
name: company
unit: {unit}
starts_on: 2026-01-01
expires_on: 2027-01-01
owner: lou
reason: As it is there
content:
{content}"""


def refused(place: Workspace, text: str) -> str:
    with pytest.raises(BadInput) as refusal:
        agreed(place, text, "2025-12-21")
    return "\n".join(map(str, refusal.value.problems))


@pytest.mark.parametrize(
    ("path", "field"),
    [("total", "total"), ("weights", "weights"), ("proration.relief", "proration")],
)
def test_what_holds_for_all_is_not_opened_to_units(place: Workspace, path: str, field: str) -> None:
    told = refused(place, BARE.replace("local:\n", f"local:\n  {path}:\n"))
    assert f"local.{path}: {field} of a quota plan is one for the whole organization" in told


def test_an_override_of_what_holds_for_all_is_refused_where_it_is_written(
    place: Workspace,
) -> None:
    agreed(place, BARE)
    told = refused(place, override("South", "  windows: month\n"))
    assert told == (
        "line 9, column 12, content.windows: windows of a quota plan is one for the whole "
        "organization; take it out; only the organization's document says it"
    )


def test_a_plan_by_managers_has_no_units_to_change_it(place: Workspace) -> None:
    local = more("  hierarchy: managers\n")
    assert "who reports to whom, and units have no part in that" in refused(place, local)
    agreed(place, local.replace(SHORT, ""))


def test_a_unit_says_nothing_of_nodes_that_lie_elsewhere(place: Workspace) -> None:
    """Max sells in the North, which only the facts know; Alpha lies there by its name."""
    text = PLAN.replace("proposals.south.amount:", "proposals.*.amount:")
    agreed(place, text)
    named = text.replace("node: South, amount", "node: North/Alpha, amount")
    agreed(place, named.replace("2026-01-01", "2026-01-02"), "2025-12-21")
    told = refused(place, override("South", "  proposals:\n    - {name: south, amount: 1}\n"))
    assert "North/Alpha does not lie within South" in told
    max_ = override("South", "  proposals:\n    - {name: max, amount: 1}\n")
    agreed(place, max_, "2025-12-22")
    found = plan_page(actor=somebody("ana"), workspace=place, name="company", on=date(2026, 3, 1))
    assert (
        found.notes[0] == "The override of South does not hold here: @R1 does not lie within South."
    )
    assert line(found, "North/Alpha/@R1").proposed == 400000


def test_a_region_sells_by_its_own_measured_season(place: Workspace, tmp_path: Path) -> None:
    """Half of 2025 was booked in March; the others keep the season that is given."""
    end = tmp_path / "end"
    end.mkdir()
    (end / "booking.csv").write_text(
        "booking_id,owner_id,amount,currency,booked_on\nB7,R3,0.01,EUR,2025-12-31\n"
    )
    load(end, at("2025-12-16"), place)
    agreed(place, more("  season_years: 1\n", BARE.replace("local:\n", "local:\n  season:\n")))
    agreed(place, override("South", "  season: measured\n"), "2025-12-21", by="lou")
    found = plan_page(actor=somebody("ana"), workspace=place, name="company", on=date(2026, 3, 1))
    ben, max_ = line(found, "South/Beta/@R3"), line(found, "North/Alpha/@R1")
    assert round(ben.assigned[0] / ben.held, 3) == Decimal("0.5")
    assert round(max_.assigned[0] / max_.held, 3) == Decimal("0.2")


def moved(place: Workspace, folder: Path) -> None:
    """Let Ben change from Beta to Alpha on 2026-02-15, and book on both sides of that day."""
    folder.mkdir()
    (folder / "person.csv").write_text(
        "person_id,valid_from,name,manager_id,team,region,role,hired_on\n"
        "R3,2026-02-15,Ben,M1,Alpha,North,rep,2020-01-01\n"
    )
    (folder / "booking.csv").write_text(
        "booking_id,owner_id,amount,currency,booked_on\nB7,R3,10000,EUR,2026-02-20\n"
    )
    load(folder, at("2025-12-16"), place)


def test_what_is_reached_counts_where_its_person_was_on_the_day(
    place: Workspace, tmp_path: Path
) -> None:
    moved(place, tmp_path / "move")
    text = more("  proration:\n    people_on: 2026-03-01\n")
    found = page(place, text)
    old, new = line(found, "South/Beta/@R3"), line(found, "North/Alpha/@R3")
    assert old.assigned[1:] == (0, 0, 0)
    assert new.assigned[0] > 0
    ask = AskedAttainment("2026-Q1", plan="company", as_of=date(2026, 3, 31))
    reached = attainment(actor=somebody("ana"), workspace=place, ask=ask)
    assert reached is not None
    by_key = {one.node.key: one for one in reached.lines}
    assert (by_key["South/Beta"].reached, by_key["North/Alpha"].reached) == (30000, 60000)
    assert by_key["South/Beta/@R3"].quota == old.assigned[0]
    for key in ("", "North", "South"):
        below = [one for one in reached.lines if one.node.parent == key and one.node.key]
        assert by_key[key].reached == sum(one.reached for one in below)


def test_a_measure_other_than_bookings_needs_its_own_plan(place: Workspace) -> None:
    with pytest.raises(Refusal, match="publish a plan that is made for it"):
        attainment(
            actor=somebody("ana"),
            workspace=place,
            ask=AskedAttainment("2026-Q1", measure="won_deals"),
        )
    found = attainment(
        actor=somebody("ana"),
        workspace=place,
        ask=AskedAttainment("2025-Q1", measure="pipeline_created", as_of=date(2025, 12, 31)),
    )
    assert found is not None
    assert "held against quotas that were set for bookings" in found.notes[0]

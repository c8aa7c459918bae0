"""`wald quota`: a plan worked out, one figure explained, published once, and what was reached."""

from pathlib import Path

import pytest

from tests.quota_world import LOADED, LOCAL, PLAN, agreed, at, load, somebody, write_company
from tests.terminal import Ended, wald
from wald.actions import documents
from wald.actions.workspace import open_workspace
from wald.kernel.workspace import Workspace

IN_2026 = ("--on", "2026-03-01")


@pytest.fixture
def place(home: Path, tmp_path: Path) -> Workspace:
    opened = open_workspace(home)
    load(write_company(tmp_path / "export"), LOADED, opened)
    return opened


def quota(*words: str) -> Ended:
    return wald("quota", *words)


def test_a_plan_is_shown_as_a_tree_with_what_was_proposed(place: Workspace) -> None:
    agreed(place)
    ended = quota("plan", "company", *IN_2026)
    assert ended.code == 0
    assert "448,979.60" in ended.out
    assert "+48,979.60" in ended.out
    assert "Gini" in ended.out
    told = quota("plan", "company", *IN_2026, "--json").json
    by_node = {line["node"]: line for line in told["lines"]}
    assert by_node["South/Gamma/@R4"]["assigned"]["2026-Q2"] == "37414.96"
    assert by_node["organization"]["because"]["over"] == "-100000.00"
    rows = quota("plan", "company", *IN_2026, "--csv").out.splitlines()
    assert rows[0].startswith("node,title,level,person_id,held")
    assert len(rows) == 1 + len(by_node)


def test_a_draft_is_worked_out_by_its_number(place: Workspace) -> None:
    made = documents.draft(
        actor=somebody("ana"), workspace=place, text=PLAN, at=at("2025-12-20")
    ).version
    ended = quota("plan", "company", "--version", str(made.version_id), "--json")
    assert ended.json["state"] == "draft"
    assert quota("plan", "company", *IN_2026).code == 2
    assert "No quota plan company holds on 2026-03-01" in quota("publish", "company", *IN_2026).err


def test_a_figure_is_explained(place: Workspace) -> None:
    agreed(place)
    ended = quota("show", "company", "@R4", *IN_2026)
    assert "Counts for 67.5 % of the year" in ended.out
    told = quota("show", "company", "South", *IN_2026, "--json").json
    assert told["steps"][-1]["figure"] == "501360.54"
    assert quota("show", "company", "Nowhere", *IN_2026).code == 2


def test_a_plan_is_published_once(place: Workspace) -> None:
    agreed(place)
    first = quota("publish", "company", *IN_2026, "--json")
    assert (first.json["rows"], first.json["total"]) == (15, "1100000.00")
    assert "nothing is new" in quota("publish", "company", *IN_2026).err
    assert wald("loads", "--json").json[0]["source"] == "quota plan company, version 1"
    assert wald("undo", str(first.json["load_id"])).code == 0
    assert "wald undo" in quota("publish", "company", *IN_2026).err


def test_what_was_reached_is_told_per_person_and_unit(place: Workspace) -> None:
    agreed(place)
    quota("publish", "company", *IN_2026)
    words = ("attainment", "--period", "2026-Q1", "--as-of", "2026-03-31")
    told = quota(*words, "--json").json
    assert told["lines"][0]["reached"] == "80000.00"
    ended = quota(*words)
    assert "Max" in ended.out
    assert quota(*words, "--plan", "company", "--csv").out.count("\n") > 5


@pytest.mark.parametrize(
    "words",
    [
        ("attainment", "--period", "soon"),
        ("attainment", "--measure", "win_rate"),
        ("attainment", "--json", "--csv"),
        ("attainment", "--plan", "nothing"),
        ("plan", "nothing"),
        ("plan", "company", "--on", "someday"),
        ("plan", "company", "--version", "99"),
    ],
)
def test_bad_words_are_a_sentence(place: Workspace, words: tuple[str, ...]) -> None:
    ended = quota(*words)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_pins_that_cannot_be_met_are_told_with_the_cure(place: Workspace) -> None:
    pin = '  pins:\n    - {name: max, node: "@R1", amount: 900000}\n  proposals:\n'
    made = documents.draft(
        actor=somebody("ana"),
        workspace=place,
        text=PLAN.replace("  proposals:\n", pin, 1),
        at=at("2025-12-20"),
    ).version
    ended = quota("plan", "company", "--version", str(made.version_id))
    assert ended.code == 2
    assert "hold 301,360.54 more than that" in ended.err


def test_a_ring_of_managers_is_named(place: Workspace, tmp_path: Path) -> None:
    ring = tmp_path / "ring"
    ring.mkdir()
    (ring / "person.csv").write_text(
        "person_id,valid_from,name,manager_id,role\nL1,1900-01-01,Lea,M1,leader\n"
    )
    load(ring, at("2025-12-16"), place)
    by_managers = PLAN.replace("  fiscal_year", "  hierarchy: managers\n  fiscal_year")
    agreed(place, by_managers.replace(LOCAL, ""))
    ended = quota("plan", "company", *IN_2026)
    assert "L1 to M1 to L1" in ended.err

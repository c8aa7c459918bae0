"""Whose quotas somebody is told: of those they see, and no neighbour's by subtraction."""

import pytest

from tests.ingesting import Desk
from tests.quota_world import IN_2026, LOADED, agreed, load, page, reached, somebody, write_company
from wald.kernel.workspace import Workspace
from wald.queries.attainment import AskedAttainment
from wald.queries.quota_ground import NoSuchPlan
from wald.queries.quotas import arising, plans_of_person


@pytest.fixture
def place(desk: Desk) -> Workspace:
    load(write_company(desk.folder), LOADED, desk.workspace)
    return desk.workspace


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("mia", {"North/Alpha", "North", "North/Alpha/@R1", "North/Alpha/@R2"}),
        ("max", {"North/Alpha/@R1"}),
        ("lou", {"South", "South/Beta", "South/Beta/@R3", "South/Gamma", "South/Gamma/@R4"}),
        ("ned", {"South/Gamma", "South/Gamma/@R4"}),
        ("una", set()),
    ],
)
def test_everybody_sees_the_quotas_of_those_whose_rows_they_see(
    name: str, whole: set[str], place: Workspace
) -> None:
    agreed(place)
    found = page(place, name)
    assert {line.key for line in found.lines if line.is_whole} == whole
    for line in found.lines:
        assert line.is_whole or not line.assigned
    others = {line.person_id for line in found.lines} - {""}
    assert others == {key.partition("@")[2] for key in whole if "@" in key}
    for person in ("R1", "R3"):
        told = plans_of_person(actor=somebody(name), workspace=place, person_id=person, on=IN_2026)
        assert bool(told) == (person in others)


def test_a_neighbours_figure_is_not_there_for_a_rep(place: Workspace) -> None:
    agreed(place)
    with pytest.raises(NoSuchPlan):
        arising(actor=somebody("max"), workspace=place, name="company", node="@R3", on=IN_2026)
    assert not any(
        one.person_id == "R3" for one in reached(place, AskedAttainment("2025"), "max").lines
    )


def test_a_unit_of_two_hides_what_it_holds_from_each_of_them(place: Workspace) -> None:
    """Less their own, the sum would be the colleague's; who sees both is told everything."""
    agreed(place)

    def told(name: str, node: str) -> str:
        found = arising(
            actor=somebody(name), workspace=place, name="company", node=node, on=IN_2026
        )
        return " ".join(f"{step.node.title} {step.sentence} {step.figure}" for step in found.steps)

    whole, own = told("ana", "North/Alpha/@R1"), told("max", "@R1")
    assert "hands down" in whole
    assert "has fewer than three people" not in whole
    assert "has fewer than three people" in own
    assert "%" not in own.partition("Alpha has fewer")[0].rpartition("Max")[2]
    assert told("mia", "North/Alpha/@R1") == told("mia", "@R1"), "their manager sees both"
    assert "has fewer than three people" not in told("mia", "@R1")

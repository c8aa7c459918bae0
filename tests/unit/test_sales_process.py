"""The sales process as a document: what is wrong with it, and what holds for a unit and segment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.said_world import agreed, forecasting, somebody
from tests.serving import workspace
from wald.actions.example_documents import PROCESS
from wald.agreements import sales_process
from wald.agreements.sales_process import SalesProcess
from wald.documents.document import document_types
from wald.documents.reading import read
from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Outcome, StageRule
from wald.heart.pipeline.sales_process import SegmentRules, StageChange
from wald.kernel.problem import BadInput
from wald.queries.measure import view
from wald.queries.sales_process import sales_processes, staged_view
from wald.queries.stages import stage_positions, stage_titles

TALKS = StageRule("talks", "Talks", probability=Decimal("0.3"))
OFFER = StageRule("offer", "Offer", probability=Decimal("0.8"))
WON = StageRule("won", "Won", outcome=Outcome.WON)
LOST = StageRule("lost", "Lost", outcome=Outcome.LOST)
SOUND = (TALKS, OFFER, WON, LOST)
BUYER = Criterion("buyer", "we know who pays", Evidence.CONTACT, "finance")


def of(*stages: StageRule, segments: tuple[SegmentRules, ...] = ()) -> list[tuple[str, str]]:
    found = sales_process.check(SalesProcess(stages=stages, segments=segments))
    return [(one.where, one.what) for one in found]


def warned(*stages: StageRule, segments: tuple[SegmentRules, ...] = ()) -> list[tuple[str, str]]:
    found = sales_process.warnings(SalesProcess(stages=stages, segments=segments))
    return [(one.where, one.what) for one in found]


def with_criterion(change: dict[str, object]) -> tuple[StageRule, ...]:
    one = replace(BUYER, **change)  # type: ignore[arg-type]  # names of its fields
    return (replace(TALKS, exit_criteria=(one,)), *SOUND[1:])


def test_a_sound_process_has_no_problem_and_no_warning() -> None:
    example = sales_process.DOCUMENT.example
    assert of(*SOUND) == []
    assert warned(*SOUND) == []
    assert list(sales_process.check(example)) == []
    assert list(sales_process.warnings(example)) == []


@pytest.mark.parametrize(
    ("stages", "place", "what"),
    [
        ((*SOUND, replace(TALKS, key="more")), "stages[4].stage", "stands there already"),
        ((*SOUND, replace(TALKS, stage="More")), "stages[4].key", "stands there already"),
        ((replace(TALKS, label="Offer"), *SOUND[1:]), "stages[1].label", "stands there already"),
        ((replace(TALKS, key="first.talks"), *SOUND[1:]), "stages[0].key", "is no key"),
        ((replace(TALKS, stage=" "), *SOUND[1:]), "stages[0].stage", "is empty"),
        ((WON, TALKS, OFFER), "stages[1]", "follows a closed one"),
        ((WON, LOST), "stages", "no stage is open"),
        (
            (replace(TALKS, probability=Decimal("1.1")), *SOUND[1:]),
            "stages[0].probability",
            "no ch",
        ),
        ((replace(TALKS, probability=Decimal("-0.1")), *SOUND[1:]), "stages[0].probability", "no"),
        ((*SOUND[:2], replace(WON, probability=Decimal("0.9"))), "stages[2].probability", "won"),
        ((*SOUND[:2], replace(WON, exit_criteria=(BUYER,))), "stages[2].exit_criteria", "closed"),
        (with_criterion({"like": ""}), "stages[0].exit_criteria[0].like", "proves nothing"),
        (with_criterion({"words": " "}), "stages[0].exit_criteria[0].words", "is empty"),
        (with_criterion({"key": "B"}), "stages[0].exit_criteria[0].key", "is no key"),
        (
            with_criterion({"evidence": Evidence.ACTIVITY, "like": "dinner"}),
            "stages[0].exit_criteria[0].like",
            "no kind of activity",
        ),
        (
            with_criterion({"evidence": Evidence.AMOUNT}),
            "stages[0].exit_criteria[0].like",
            "amount takes none",
        ),
    ],
)
def test_a_process_that_makes_no_sense_is_told(
    stages: tuple[StageRule, ...], place: str, what: str
) -> None:
    assert any(where == place and what in told for where, told in of(*stages)), of(*stages)


def test_a_segment_that_makes_no_sense_is_told() -> None:
    twice = (SegmentRules("smb", "SMB"), SegmentRules("small", "SMB"))
    assert of(*SOUND, segments=twice) == [("segments[1].segment", "'SMB' stands there already")]
    strange = SegmentRules("smb", "SMB", (StageChange("dinner"),))
    assert of(*SOUND, segments=(strange,)) == [
        ("segments[0].stages[0].key", "'dinner' is no stage above")
    ]
    much = SegmentRules("smb", "SMB", (StageChange("offer", Decimal(2)),))
    assert of(*SOUND, segments=(much,)) == [("segments[0].stages[0].probability", "2 is no chance")]


def test_a_chance_that_falls_is_a_warning() -> None:
    fallen = (replace(TALKS, probability=Decimal("0.9")), *SOUND[1:])
    assert warned(*fallen) == [("stages[1].probability", "the chance falls from 90 % to 80 %")]
    of_smb = SegmentRules("smb", "SMB", (StageChange("offer", Decimal("0.2")),))
    assert warned(*SOUND, segments=(of_smb,)) == [
        ("stages[1].probability", "the chance of SMB falls from 30 % to 20 %")
    ]
    assert warned(TALKS) == [
        ("stages", "there is no stage of won deals"),
        ("stages", "there is no stage of lost deals"),
    ]


def test_a_segment_has_what_it_names_and_the_rest_as_everybody() -> None:
    asked = replace(TALKS, exit_criteria=(BUYER,), may_skip=True)
    smb = SegmentRules("smb", "SMB", (StageChange("talks", Decimal("0.1"), exit_criteria=()),))
    process = sales_process.rules_of(SalesProcess(stages=(asked, *SOUND[1:]), segments=(smb,)))
    assert process.of("SMB")[0] == replace(asked, probability=Decimal("0.1"), exit_criteria=())
    assert process.of("Enterprise") == process.of(None) == process.stages


def test_it_is_summed_up_and_told_in_words() -> None:
    document = sales_process.DOCUMENT
    assert document.summary(document.example) == (
        "Discovery – Proposal – Negotiation; 4 exit criteria"
    )
    assert document.tell("stages.discovery.probability", Decimal("0.3")) == (
        "discovery is expected to be won by",
        "30 %",
    )
    told = document.tell("stages.discovery.exit_criteria.met.evidence", Evidence.ACTIVITY)
    assert told == ("discovery, met is proved by", "an activity")


def test_the_example_company_s_process_is_sound() -> None:
    found = read(PROCESS.format(operations="operations"), document_types())
    assert found.problems == ()
    assert found.written is not None


CENTRAL = """\
document: sales_process
name: company
starts_on: 2024-01-01
owner: ana
reason: One process
local:
  stages.*.probability: {lowest: 0.2, highest: 0.6}
content:
  stages:
    - {key: offer, stage: Offer, label: Proposal, probability: 0.6}
    - {key: talks, stage: Talks, probability: 0.6}
    - {key: won, stage: Won, outcome: won}
  segments:
    - {key: smb, segment: SMB, stages: [{key: talks, probability: 0.25}]}
"""
SOUTH = """\
document: sales_process
name: company
unit: South
starts_on: 2024-01-01
expires_on: 2025-01-01
owner: ana
reason: They know theirs
content:
  stages:
    - {key: talks, probability: 0.5}
"""


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with forecasting(tmp_path_factory.mktemp("process"), django_db_blocker):
        yield


@pytest.fixture
def world(company: None) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_without_a_process_the_stages_are_those_of_the_data(world: None) -> None:
    seen = staged_view(actor=somebody("ana"), workspace=workspace())
    assert list(stage_positions(seen)) == ["Talks", "Idle", "Offer", "Won", "Lost"]
    found = sales_processes(
        actor=somebody("ana"), workspace=workspace(), units=["South"], on=date(2024, 2, 1)
    )
    assert (found.company, found.label) == (None, "")
    assert found.rules("South", "Beta", None) == ()


def test_a_process_in_force_orders_and_names_the_stages(world: None) -> None:
    agreed(CENTRAL)
    seen = staged_view(actor=somebody("ana"), workspace=workspace())
    assert dict(stage_positions(seen)) == {"Offer": 1, "Talks": 2, "Won": 3}
    assert stage_titles(seen)["Offer"] == "Proposal"
    before = stage_positions(seen, date(2023, 12, 31))  # not in force yet
    assert list(before) == ["Talks", "Idle", "Offer", "Won", "Lost"]
    plain = view(actor=somebody("ana"), workspace=workspace())
    assert plain.signature != seen.signature  # what was kept without it is not shown with it


def test_as_it_was_known_before_there_is_none(world: None) -> None:
    agreed(CENTRAL)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    seen = staged_view(actor=somebody("ana"), workspace=workspace(), known=long_ago)
    assert seen.agreed == ()


def test_a_region_has_its_own_values_within_bounds(world: None) -> None:
    agreed(CENTRAL)
    agreed(SOUTH)
    found = sales_processes(
        actor=somebody("ana"),
        workspace=workspace(),
        units=["South", "South/Beta", "North/Alpha"],
        on=date(2024, 2, 1),
    )
    assert found.label == "company, version 1 of the organization"
    chances = [
        {rule.key: rule.probability for rule in found.rules(*who)}["talks"]
        for who in (("South", "Beta", None), ("North", "Alpha", None), ("South", "Beta", "SMB"))
    ]
    assert chances == [Decimal("0.5"), Decimal("0.6"), Decimal("0.25")]


def test_a_region_may_not_go_beyond_its_bounds(world: None) -> None:
    agreed(CENTRAL)
    with pytest.raises(BadInput) as refused:
        agreed(SOUTH.replace("0.5", "0.9"))
    assert "above 60 %, the highest allowed" in refused.value.problems[0].what

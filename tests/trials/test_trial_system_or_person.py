"""System or person on public data: no evidence where there is none, a difference where there is."""

from pathlib import Path

import numpy as np
import pytest

from tests.trials.maven_verdict import maven_verdict
from tests.verdict_worlds import listed, two_largest
from wald.brain.apart import standings
from wald.brain.verdict import Kind, Months, verdict
from wald.queries.verdict_words import words_of

DATA = Path(__file__).parents[3] / "shared" / "data"
MAVEN, BOHANEC = DATA / "maven_crm", DATA / "b2b_bohanec" / "b2b_opportunities.csv"


@pytest.mark.skipif(not MAVEN.exists(), reason="the Maven CRM data are not here")
def test_maven_has_no_evidence_that_reps_differ() -> None:
    page = maven_verdict(MAVEN)
    assert page.verdict is not None
    assert not page.verdict.differ
    assert page.verdict.kind is not Kind.PERSON
    assert page.verdict.named == ()
    assert any("No evidence that the 30 people differ" in line for line in words_of(page).behind)


@pytest.mark.skipif(not BOHANEC.exists(), reason="the Bohanec data are not here")
def test_bohanec_finds_that_the_two_sellers_differ() -> None:
    people = listed(BOHANEC, "Seller", "Won", ("Product", "Comp_size", "Source"))
    chance = np.random.Generator(np.random.PCG64(1))
    assert standings(people.sums, chance).differ
    told = verdict(two_largest(people), Months(), chance)
    assert told.kind is Kind.PERSON
    assert {one.title for one in told.named} == {"Seller 1", "Seller 9"}

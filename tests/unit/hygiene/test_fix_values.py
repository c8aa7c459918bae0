"""Which fact of the forecast each rule doubts: every rule has one, or none is read and said so."""

from wald.brain.value_of_fix import WORTH
from wald.heart.hygiene.rule import hygiene_rules
from wald.queries.fix_values import FACT_OF_RULE, UNREAD


def test_every_rule_doubts_a_fact_or_none_that_the_forecast_reads() -> None:
    assert {*FACT_OF_RULE, *UNREAD} == set(hygiene_rules())
    assert not set(FACT_OF_RULE) & set(UNREAD)
    assert set(FACT_OF_RULE.values()) <= set(WORTH)

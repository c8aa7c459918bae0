"""Designs of decisions in words: their titles, what they compare, whether they can find enough."""

from django import template

from wald.facts.dimension import DIMENSIONS
from wald.memory.decision import Decision
from wald.memory.design import DESIGNS

register = template.Library()


@register.filter
def design_title(key: str) -> str:
    return DESIGNS.get(key, key)


@register.filter
def dimension_title(key: str) -> str:
    """Return `rep` of rep_id, `product family`: a unit as one says it."""
    if not key:
        return "group"
    known = DIMENSIONS.get(key.removesuffix("_id")) or DIMENSIONS.get(key)
    return known.title.lower() if known else key


@register.filter
def is_too_small(decision: Decision) -> bool:
    """Is less expected than the design can tell from none?"""
    design = decision.design
    if design is None or design.least is None:
        return False
    return abs(decision.expected.estimate) < design.least

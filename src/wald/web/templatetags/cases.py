"""Kinds and states of cases as people read them."""

from django import template

from wald.cases.case import kinds, title_of

register = template.Library()


@register.filter
def kind_title(key: str) -> str:
    known = kinds().get(key)
    return title_of(key) if known is None else known.title


@register.filter
def state_title(state: str) -> str:
    return title_of(state) if state else "–"

"""Kinds and states of cases as people read them."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wald.cases.case import kinds, title_of
from wald.records.stores.case_lists import CaseLine

register = template.Library()


@register.filter
def kind_title(key: str) -> str:
    known = kinds().get(key)
    return title_of(key) if known is None else known.title


@register.filter
def state_title(state: str) -> str:
    return title_of(state) if state else "–"


@register.simple_tag
def case_row(one: CaseLine, may_work: bool, now: datetime) -> SafeString:
    """Show a case as a row of the inbox; `may_work` gives it a box to choose it by."""
    is_late = one.is_open and one.due_at is not None and one.due_at < now
    return _case_row(one, may_work, is_late)


@lru_cache(4096)
def _case_row(one: CaseLine, may_work: bool, is_late: bool) -> SafeString:
    """Draw a row once: equal values, equal rows."""
    context = {"one": one, "may_work": may_work, "is_late": is_late}
    return render_to_string("parts/case_row.html", context)

"""Views kept of a page as tabs above its list, and how a metric is called."""

from django import template
from django.template import RequestContext

from wald.facts.metric import metrics
from wald.queries.views import views
from wald.records.stores.views import View
from wald.web.door import actor_of, workspace_of

register = template.Library()


@register.inclusion_tag("parts/views.html", takes_context=True)
def kept_views(context: RequestContext, inside: bool = False) -> dict[str, object]:
    """Show the views kept of this page: one query, on the pages that ask for it.

    With `inside` they follow tabs that the page has open already.
    """
    request = context["request"]
    actor, here, address = actor_of(request), request.path, request.get_full_path()
    may_keep = actor.may("views.keep") and not context.get("in_panel")
    found: tuple[View, ...] = ()
    if may_keep:
        found = views(actor=actor, workspace=workspace_of(request), of_page=here)
    return {
        "views": found,
        "all": here,
        "address": address,
        "is_kept": address in (here, *(one.address for one in found)),
        "shown": may_keep and (bool(found) or address != here),
        "inside": inside,
    }


@register.filter
def metric_title(key: str) -> str:
    """Return how a metric is called, the key of one that is gone."""
    found = metrics().get(key)
    return key if found is None else found.title

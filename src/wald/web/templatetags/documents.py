"""What the form of a document needs: what belongs to a name, and keys as people read them."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of(found: Mapping[str, object], name: str) -> object:
    """Return what a mapping holds for a name."""
    return found.get(name)


@register.filter
def cut_words(key: str) -> str:
    """Return a key such as sales_leader in words."""
    return key.replace("_", " ")

"""The journal: who did what and when, found by person, action, subject and day; one entry alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem
from wald.queries import journal as desk
from wald.queries.journal import Line
from wald.queries.plain_journal import midnight
from wald.web.door import actor_of, address, given, workspace_of
from wald.web.shell import page_exists

_SIZE = 50
_LONGEST_NUMBER = 18  # digits of an entry's number

# Where what an entry is about has a page, by the kind of it.
_PAGES = {
    "case": "/cases/{}/",
    "fix": "/hygiene/fixes/{}/",
    "decision": "/decisions/{}/",
    "document": "/documents/{}/",
    "insight": "/insights/{}/",
    "job": "/work/{}/",
    "load": "/data/loads/{}/",
    "opportunity": "/deals/{}/",
    "user": "/people/{}/",
    "version": "/documents/versions/{}/",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says, as it was typed."""

    who: str
    action: str
    about: str
    since: str
    until: str


@login_required
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Show entries, newest first."""
    actor, workspace = actor_of(request), workspace_of(request)
    actor.must("journal.read")
    asked = Asked(*(given(request, name)[:300] for name in Asked.__dataclass_fields__))
    first, last, problems = _days(asked)
    found: tuple[Line, ...] = ()
    if not problems:
        found = desk.entries(
            actor=actor,
            workspace=workspace,
            who=asked.who,
            action=asked.action,
            about=asked.about,
            since=None if first is None else midnight(first),
            until=None if last is None else midnight(last) + timedelta(days=1),
            before=_number(given(request, "before")),
            limit=_SIZE + 1,
        )
    shown = found[:_SIZE]
    context = {
        "asked": asked,
        "lines": [(line, _page(line.about)) for line in shown],
        "head": desk.head(actor=actor, workspace=workspace),
        "problem": BadInput("These days cannot be read.", problems) if problems else None,
        "older": address(request, before=str(shown[-1].seq)) if len(found) > _SIZE else "",
        "newest": address(request, before="") if given(request, "before") else "",
    }
    return render(request, "pages/journal.html", context)


@login_required
@require_safe
def journal_entry(request: HttpRequest, seq: int) -> HttpResponse:
    """Show one entry: from what to what, and why."""
    line = desk.entry(actor=actor_of(request), workspace=workspace_of(request), seq=seq)
    if line is None:
        raise Http404("There is no such entry.")
    return render(request, "pages/journal_entry.html", {"line": line, "page": _page(line.about)})


def _days(asked: Asked) -> tuple[date | None, date | None, list[Problem]]:
    since = read_day(asked.since, "from") if asked.since else None
    until = read_day(asked.until, "to") if asked.until else None
    problems = [one for one in (since, until) if isinstance(one, Problem)]
    return (
        None if isinstance(since, Problem) else since,
        None if isinstance(until, Problem) else until,
        problems,
    )


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None


def _page(about: str) -> str:
    """Return the address of the page of what an entry is about, "" if it has none."""
    kind, _, key = about.partition(":")
    if kind not in _PAGES or not key:
        return ""
    return _PAGES[kind].format(quote(key)) if page_exists(_PAGES[kind].format("1")) else ""

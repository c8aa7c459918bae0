"""What every page shows around its content: where one can go, where one is, in which light."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from shlex import quote

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString
from django.utils.timezone import now

from wald.kernel.actor import Actor
from wald.kernel.policy import WHOLE, Reach
from wald.queries.rail import READS, rail_counts
from wald.queries.views import PAGES, page_of
from wald.records.stores.rail import Counts
from wald.web.door import actor_of, workspace_of
from wald.web.undo import take_undo

USUAL_HOME = "var/wald"  # of commands that name none
THEMES = ("light", "dark")  # anything else follows the system
THEME_COOKIE = "theme"
KEYS_COOKIE = "keys"  # "off": no key does anything by itself (WCAG 2.1.4)


@dataclass(frozen=True, slots=True)
class Job:
    """One entry of the rail. It is shown to who may open its page, where there is one; `key` is
    what one types after G; with `in_dock` it stands at the bottom of a telephone's screen."""

    title: str
    icon: str
    address: str  # of PAGES, which says who may open it
    key: str
    group: str = ""
    in_dock: bool = False


JOBS = (
    Job("Home", "home", "/", "h", in_dock=True),
    Job("Inbox", "inbox", "/cases/", "i", in_dock=True),
    Job("Deals", "deals", "/deals/", "d", "Numbers", in_dock=True),
    Job("Metrics", "metrics", "/metrics/", "m", "Numbers", in_dock=True),
    Job("Quotas", "quotas", "/quotas/", "q", "Numbers"),
    Job("Pipeline", "pipeline", "/pipeline/", "e", "Pipeline & forecast"),
    Job("Sales process", "flow", "/pipeline/process/", "x", "Pipeline & forecast"),
    Job("What changed", "changes", "/pipeline/changes/", "a", "Pipeline & forecast"),
    Job("Hygiene", "hygiene", "/hygiene/", "z", "Pipeline & forecast"),
    Job("Forecast", "forecast", "/forecast/", "t", "Pipeline & forecast"),
    Job("Model forecast", "forecast", "/forecast/model/", "r", "Pipeline & forecast"),
    Job("Track record", "metrics", "/forecast/track-record/", "k", "Pipeline & forecast"),
    Job("Insights", "insights", "/insights/", "n", "Learning"),
    Job("System or person", "people", "/verdict/", "g", "Learning"),
    Job("Decisions", "decisions", "/decisions/", "c", "Learning"),
    Job("My pay", "account", "/pay/mine/", "u", "Agreed"),
    Job("Pay", "pay", "/pay/", "y", "Agreed"),
    Job("Documents", "documents", "/documents/", "o", "Agreed"),
    Job("Definitions", "words", "/definitions/", "f", "Agreed"),
    Job("Data", "data", "/data/", "l", "System"),
    Job("Work", "work", "/work/", "w", "System"),
    Job("Journal", "journal", "/journal/", "j", "System"),
    Job("People", "people", "/people/", "p", "System"),
    Job("Channels", "channels", "/channels/", "s", "System"),
)
NOTICES = Job("Notices", "bell", "/notices/", "b")
VIEWS = Job("Saved views", "views", "/views/", "v")
BESIDE = (VIEWS, NOTICES)
_NOTHING = Counts(0, 0, is_invented=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A job as one person sees it on one page; `count` is what waits there."""

    job: Job
    is_here: bool
    count: int = 0


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the context that base.html needs, and `home_option`, which commands here need."""
    home = workspace_of(request).home
    is_usual = home == Path(USUAL_HOME).resolve()
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": theme if theme in THEMES else "",
        "keys_off": request.COOKIES.get(KEYS_COOKIE) == "off",
        "workspace_name": "" if is_usual else home.name,
        "home_option": "" if is_usual else f" --home {quote(str(home))}",
        "in_panel": request.GET.get("panel") == "1",
        **_around(request),
    }


def jobs_of(actor: Actor, *, with_beside: bool = False) -> tuple[Job, ...]:
    """Return the entries that somebody may open, in the rail's order."""
    return _open_to(actor, (*JOBS, *BESIDE) if with_beside else JOBS)


def _around(request: HttpRequest) -> dict[str, object]:
    """Return what only who has signed in sees: the rail with its counts, and the undo."""
    if not _has_user(request):
        return {}
    if request.GET.get("panel") == "1":
        return {"undo": take_undo(request)}
    actor = actor_of(request)
    here = _here(request, actor)
    counts = _NOTHING
    if any(actor.may(permission) for permission in READS):
        counts = rail_counts(actor=actor, workspace=workspace_of(request), on=now().date())
    waits = {"/cases/": counts.waiting, "/notices/": counts.unread}
    rail, beside = (
        tuple(Entry(job, job.address == here, waits.get(job.address, 0)) for job in jobs)
        for jobs in (jobs_of(actor), _open_to(actor, BESIDE))
    )
    return {
        "undo": take_undo(request),
        "rail": _drawn("rail", rail, with_keys=True),
        "menu": _drawn("rail", rail),
        "dock": _drawn("dock", tuple(entry for entry in rail if entry.job.in_dock)),
        "beside": _drawn("beside", beside),
        "has_account_page": page_exists("/account/"),
        "reach": _reach(actor),
        "is_invented": counts.is_invented,
    }


def _here(request: HttpRequest, actor: Actor) -> str:
    """Return the address of the entry that one is at; one's own statements are "My pay".

    So are one's own plan, and what a deal would pay.
    """
    if request.path in ("/pay/plan/", "/pay/estimate/"):
        return "/pay/mine/"
    about = request.resolver_match.kwargs.get("person_id") if request.resolver_match else None
    here = page_of(request.path)
    return "/pay/mine/" if here == "/pay/" and about and about == actor.person_id else here


@lru_cache(1024)
def _drawn(part: str, entries: tuple[Entry, ...], *, with_keys: bool = False) -> SafeString:
    """Return entries as HTML: there are few rails, and every page shows one."""
    grouped = [(group, list(ones)) for group, ones in groupby(entries, lambda e: e.job.group)]
    context = {"rail": grouped, "entries": entries, "with_keys": with_keys}
    return render_to_string(f"parts/{part}_list.html", context)


def _reach(actor: Actor) -> str:
    """Say whose rows stand in every number and list, "" for everybody's."""
    if actor.reach is Reach.EVERYBODY:
        return ""
    if actor.reach is Reach.UNIT:
        return (
            f"rows of {actor.unit}"
            if actor.unit
            else "no rows: no unit is yours yet; an administrator can give you one"
        )
    if actor.unit == WHOLE and actor.reach is Reach.BELOW:
        return ""
    of_unit = f"rows of {actor.unit}" if actor.unit and actor.reach is Reach.BELOW else ""
    if not actor.person_id:
        return (
            of_unit
            or "no rows: nobody of the data is you yet; an administrator can say who you are"
        )
    own = "your own rows" if actor.reach is Reach.OWN else "your team's rows"
    return f"{own}, {of_unit}" if of_unit else own


def _has_user(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _open_to(actor: Actor, jobs: Iterable[Job]) -> tuple[Job, ...]:
    return tuple(job for job in jobs if actor.may(PAGES[job.address]) and page_exists(job.address))


@cache
def page_exists(address: str) -> bool:
    """Is there a page at this address?"""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True

"""What every page shows around its content: where one can go, where one is, in which light."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from django.http import HttpRequest
from django.urls import reverse

from wald.web.door import workspace_of

USUAL_HOME = "var/wald"  # of commands that name none
THEMES = ("light", "dark")  # anything else follows the system
THEME_COOKIE = "theme"


@dataclass(frozen=True, slots=True)
class Job:
    """One entry of the rail; `pages` are the names of the addresses that belong to it."""

    title: str
    icon: str
    page: str
    pages: tuple[str, ...]


JOBS = (
    Job("Home", "home", "home", ("home",)),
    Job("Metrics", "metrics", "metrics", ("metrics", "metric")),
    Job("Deals", "deals", "deals", ("deals", "deal")),
    Job("Data", "data", "data", ("data", "load")),
    Job("Definitions", "words", "definitions", ("definitions",)),
)


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the context that base.html needs, and `home_option`, which commands here need."""
    match = request.resolver_match
    here = match.url_name if match else None
    home = workspace_of(request).home
    is_usual = home == Path(USUAL_HOME).resolve()
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "jobs": [(job, reverse(job.page), here in job.pages) for job in JOBS],
        "theme": theme if theme in THEMES else "",
        "workspace_name": "" if is_usual else home.name,
        "home_option": "" if is_usual else f" --home {quote(str(home))}",
    }

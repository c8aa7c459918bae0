"""Find or do: the command palette, its plain page, and the page of keys with its off switch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from wald.queries.find import find as find_records
from wald.queries.views import views
from wald.web.door import actor_of, given, workspace_of
from wald.web.shell import KEYS_COOKIE, jobs_of, page_exists

_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do from anywhere: a button of the present page (`press`), else a page.

    {here} in its address stands for that of the present page.
    """

    title: str
    permission: str
    address: str = ""
    press: str = ""
    keys: str = ""


DEEDS = (
    Deed("Open a case", "cases.open", address="/cases/new/"),
    Deed("Make a decision", "decisions.make", address="/decisions/new/"),
    Deed("Record an insight", "insights.record", address="/insights/new/"),
    Deed("Load an export", "facts.load", address="/data/"),
    Deed("Save this view", "views.keep", "/views/?address={here}", "[data-save-view]"),
    Deed("Light theme", "facts.read", press="[data-themes] [value=light]"),
    Deed("Dark theme", "facts.read", press="[data-themes] [value=dark]"),
    Deed("Theme of the system", "facts.read", press="[data-themes] [value='']"),
    Deed("What keys do", "facts.read", address="/keyboard/", keys="?"),
    Deed("Sign out", "facts.read", press="[data-leave] button"),
)


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Answer `q` with records: as JSON to the palette, as a page to everybody else."""
    text = given(request, "q")
    found = find_records(actor=actor_of(request), workspace=workspace_of(request), text=text)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer: dict[str, object] = {"found": [asdict(one) for one in found]}
        if not text:
            answer["fixed"] = fixed_entries(request)
        response: HttpResponse = JsonResponse(answer)
    else:
        context = {"text": text, "found": found, "jobs": jobs_of(actor_of(request))}
        response = render(request, "pages/find.html", context)
    patch_vary_headers(response, ["Accept"])
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keyboard(request: HttpRequest) -> HttpResponse:
    """Say what each key does; switch single keys off and on."""
    if request.method != "POST":
        return render(
            request, "pages/keyboard.html", {"jobs": jobs_of(actor_of(request), with_beside=True)}
        )
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if is_ours else resolve_url("home"))
    if request.POST.get("keys") == "off":
        response.set_cookie(KEYS_COOKIE, "off", max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(KEYS_COOKIE)
    return response


def fixed_entries(request: HttpRequest) -> list[Mapping[str, str]]:
    """Return what the palette offers before a word is typed, as far as this person may."""
    actor = actor_of(request)
    pages = [
        {"kind": "Go to", "title": job.title, "address": job.address, "keys": f"g {job.key}"}
        for job in jobs_of(actor, with_beside=True)
    ]
    deeds = [
        {"kind": "Do", "title": one.title, "address": one.address, "press": one.press,
         "keys": one.keys}
        for one in DEEDS
        if actor.may(one.permission) and (one.press or page_exists(one.address))
    ]  # fmt: skip
    kept = views(actor=actor, workspace=workspace_of(request)) if actor.may("views.keep") else ()
    shown = [{"kind": "Views", "title": one.name, "address": one.address} for one in kept]
    return [*pages, *deeds, *shown]

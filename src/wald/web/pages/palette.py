"""Find or do: the command palette, its plain page, and the page of keys with its off switch."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from wald.queries.find import find as find_records
from wald.web.door import actor_of, given, workspace_of
from wald.web.shell import KEYS_COOKIE, jobs_of

_YEAR = 365 * 24 * 3600


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Answer `q` with records: as JSON to the palette, as a page to everybody else."""
    text = given(request, "q")
    found = find_records(actor=actor_of(request), workspace=workspace_of(request), text=text)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        response: HttpResponse = JsonResponse({"found": [asdict(one) for one in found]})
    else:
        context = {"text": text, "found": found, "jobs": jobs_of(actor_of(request))}
        response = render(request, "pages/find.html", context)
    patch_vary_headers(response, ["Accept"])
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Say what each key does; switch single keys off and on."""
    if request.method != "POST":
        return render(request, "pages/keys.html", {"jobs": jobs_of(actor_of(request))})
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if is_ours else resolve_url("home"))
    if request.POST.get("keys") == "off":
        response.set_cookie(KEYS_COOKIE, "off", max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(KEYS_COOKIE)
    return response

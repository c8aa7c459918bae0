"""Signing in and out, and choosing the light one reads in."""

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from wald.web.shell import THEME_COOKIE, THEMES

_YEAR = 365 * 24 * 3600

sign_in = LoginView.as_view(
    template_name="pages/sign_in.html", next_page="home", redirect_authenticated_user=True
)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark, or neither (the system decides), and go back to the page."""
    chosen, back = request.POST.get("theme", ""), request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if is_ours else resolve_url("home"))
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie(THEME_COOKIE)
    return response

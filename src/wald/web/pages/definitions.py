"""The definitions page: what a number can be broken down by, and what a filter can say."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.queries.definitions import definitions as all_definitions


@login_required
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/definitions.html", {"page": all_definitions()})

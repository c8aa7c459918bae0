"""The workspace's settings as rows and as a value."""

from datetime import date

from django.db import transaction

from wald.facts.settings import Settings
from wald.facts.terms import RateRule
from wald.records import models


def load_settings(*, database: str) -> Settings:
    """Return the settings; what nobody decided has the default."""
    rows = models.Setting.objects.using(database)
    found = dict(rows.values_list("key", "value"))
    plain = Settings()
    return Settings(
        currency=found.get("currency", plain.currency),
        rate_rule=RateRule(found.get("rate_rule", plain.rate_rule.value)),
        calendar=found.get("calendar", plain.calendar),
        fiscal_year_starts=found.get("fiscal_year_starts", plain.fiscal_year_starts),
        custom_years=tuple(
            (int(number), tuple(date.fromisoformat(day) for day in bounds))
            for number, bounds in found.get("custom_years", [])
        ),
    )


def save_settings(settings: Settings, *, database: str) -> None:
    """Keep what is decided; what is None waits for somebody to decide."""
    years = [[number, [day.isoformat() for day in days]] for number, days in settings.custom_years]
    values: dict[str, object] = {
        "currency": settings.currency,
        "rate_rule": settings.rate_rule.value,
        "calendar": settings.calendar,
        "fiscal_year_starts": settings.fiscal_year_starts,
        "custom_years": years,
    }
    with transaction.atomic(using=database):
        rows = models.Setting.objects.using(database)
        for key, value in values.items():
            if value is None:
                rows.filter(key=key).delete()
            else:
                rows.update_or_create(key=key, defaults={"value": value})

"""The one Django app with tables; its label is fixed for ever."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "wald.records"
    label = "records"
    verbose_name = "Records"
    default_auto_field = "django.db.models.BigAutoField"

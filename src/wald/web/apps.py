"""The pages: a Django app without tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "wald.web"
    label = "web"
    verbose_name = "Pages"

"""The record database: all tables, behind stores.

Tables cannot be declared before Django is set up, so importing this package sets it up, with
the project's settings, unless somebody has begun to.
"""

import os

import django
from django.conf import settings

if not settings.configured:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wald.site.settings")
    django.setup()

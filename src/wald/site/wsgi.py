"""What a WSGI server serves: pages and API of the workspace that WALD_HOME names."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wald.site.settings")

application = get_wsgi_application()

"""What a WSGI server serves: pages and API of the workspace that WALD_HOME names."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wald.site.settings")

application = get_wsgi_application()
# What is there from the start stays: it is not looked through again and again for rings.
gc.collect()
gc.freeze()

"""WSGI entry point. WSGI and not ASGI: the company in force belongs to a thread."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application = get_wsgi_application()

from config.boot import verify  # noqa: E402 - Django must be set up before

verify()

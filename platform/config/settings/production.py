"""Production: everything secret comes from the environment, everything travels by TLS."""

from django.core.exceptions import ImproperlyConfigured

from .base import *

ENVIRONMENT = "production"
SECRET_KEY = env("GUANJIA_SECRET_KEY")
FIELD_ENCRYPTION_KEY = env("GUANJIA_FIELD_KEY")
PUBLIC_PORT = env("GUANJIA_PUBLIC_PORT", "443")
if not BROKER_URL:
    raise ImproperlyConfigured("set BROKER_URL")
# TLS ends at a proxy of ours: taken for the client, it would share one lock-out among everybody.
PROXY_COUNT = int(env("GUANJIA_PROXY_COUNT", "1"))
SECURE_SSL_REDIRECT = env_bool("GUANJIA_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

"""The test suite: fast hashes, no network, tasks only when a test runs them."""

import os

os.environ.setdefault("DATABASE_URL", "postgresql://guanjia_web@localhost/guanjia")

from .base import *

ENVIRONMENT = "test"
SECRET_KEY = "test-only-test-only-test-only-test-only-test-only"
FIELD_ENCRYPTION_KEY = SECRET_KEY
PUBLIC_SCHEME = "http"
BASE_DOMAIN = "test"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SEALING_COST = 10
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
OPERATOR_COOKIE_NAME = "operator"
VENDOR_COOKIE_NAME = "vendor"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "kernel.tenancy.cache_key",
    }
}
CELERY_BROKER_URL = "memory://"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "attachments": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LANGUAGE_CODE = "en"

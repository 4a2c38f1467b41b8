"""Development and demo on one machine, plain HTTP on ``*.localhost``."""

from .base import *

DEBUG = False
ENVIRONMENT = "dev"
PUBLIC_SCHEME = "http"
SECRET_KEY = SECRET_KEY or "development-only-not-a-secret-development-only-not-a-secret"
FIELD_ENCRYPTION_KEY = FIELD_ENCRYPTION_KEY or SECRET_KEY
# ``__Host-`` needs TLS, which a demo on localhost has not.
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
OPERATOR_COOKIE_NAME = "operator"
VENDOR_COOKIE_NAME = "vendor"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SECURE = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = env("GUANJIA_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"

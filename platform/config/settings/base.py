"""Settings shared by all environments. The only place that reads the process's environment."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.observability.logs import logging_settings
from config.settings.schedule import SCHEDULE

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("GUANJIA_VAR", ROOT / ".var"))


def env(name: str, default: str | None = None) -> str:
    """Return a setting of the environment.

    :raises ImproperlyConfigured: if it is missing and has no default.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"set {name}")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    """Return a yes or no of the environment.

    :raises ImproperlyConfigured: if it is neither.
    """
    value = env(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0")
    return value in {"1", "true", "yes"}


DEBUG = False
SECRET_KEY = env("GUANJIA_SECRET_KEY", "")
FIELD_ENCRYPTION_KEY = env("GUANJIA_FIELD_KEY", SECRET_KEY)
BASE_DOMAIN = env("GUANJIA_BASE_DOMAIN", "localhost")
PUBLIC_PORT = env("GUANJIA_PORT", "8000")
PUBLIC_SCHEME = "https"
# Unknown hosts get the middleware's plain 404; Django's own check would answer before it, with 400.
ALLOWED_HOSTS = ["*"]
RELEASE = "0.1.0"

# ---- applications -------------------------------------------------------------------------------
SHARED_APPS = [
    "django_tenants",
    "tenants.companies",
    "tenants.operators",
    "tenants.vendors",
    "tenants.provisioning",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "config.apps.ConfigConfig",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "axes",
    "kernel.access",
    "kernel.audit",
    "kernel.jobs",
    "kernel.imports",
    "kernel.policies",
    "kernel.duties",
    "kernel.security",
    "kernel.identity",
    "kernel.calendar",
    "kernel.deadlines",
    "kernel.documents",
    "kernel.records",
    "kernel.notifications",
    "kernel.outbox",
    "kernel.approvals",
    "console",
    "services.properties",
    "services.billing",
    "services.procurement",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
TENANT_MODEL = "companies.Company"
TENANT_DOMAIN_MODEL = "companies.Domain"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter", "kernel.routers.CompanyRouter"]
AUTH_USER_MODEL = "access.User"
# The user name is unique whatever its case, by a constraint that the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# ---- database -----------------------------------------------------------------------------------
DATABASE_AS_OWNER = env_bool("GUANJIA_AS_OWNER", default=False)
DATABASE_URL = env("DATABASE_URL", "")
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", DATABASE_URL)


def database(url: str) -> dict[str, Any]:
    """Return Django's database settings for one of the two URLs.

    :raises ImproperlyConfigured: if it is not set.
    """
    if not url:
        raise ImproperlyConfigured("set DATABASE_URL, or start with ./dev run")
    parsed: dict[str, Any] = dict(
        dj_database_url.parse(url, engine="kernel.postgres", conn_max_age=60)
    )
    parsed["CONN_HEALTH_CHECKS"] = True
    parsed["DISABLE_SERVER_SIDE_CURSORS"] = False
    return parsed


DATABASES = {"default": database(DATABASE_OWNER_URL if DATABASE_AS_OWNER else DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- requests -----------------------------------------------------------------------------------
MIDDLEWARE = [
    "config.middleware.ClientAddressMiddleware",
    "config.observability.middleware.ObservabilityMiddleware",
    "config.middleware.CompanyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.PolicyHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.PreferencesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
VENDOR_URLCONF = "config.urls_vendors"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            ROOT / "platform" / "console" / "templates",
            ROOT / "platform" / "portal" / "templates",
            ROOT / "api" / "templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "console.context.shell",
            ],
        },
    }
]
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
IMPORT_MAX_BYTES = 20 * 1024 * 1024
ATTACHMENT_MAX_BYTES = int(env("GUANJIA_ATTACHMENT_MAX_MB", "20")) * 1024 * 1024
# The form around a file.
MAX_BODY_BYTES = max(IMPORT_MAX_BYTES, ATTACHMENT_MAX_BYTES) + 1024 * 1024
# How many proxies of ours stand before the web server and append to X-Forwarded-For.
PROXY_COUNT = int(env("GUANJIA_PROXY_COUNT", "0"))

# ---- people -------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# What a try at the lock of a person's key costs: 2**15 blocks of 1 KiB, 32 MiB and about 70 ms.
SEALING_COST = 15
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "kernel.sessions"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # a shift and a half
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
OPERATOR_COOKIE_NAME = "__Host-operator"
OPERATOR_SESSION_AGE = 8 * 3600
VENDOR_COOKIE_NAME = "__Host-vendor"
VENDOR_SESSION_AGE = 12 * 3600
# Networks from which operators work, e.g. "10.8.0.0/16 203.0.113.7/32"; empty: from anywhere.
OPERATOR_NETWORKS = env("GUANJIA_OPERATOR_NETWORKS", "").split()
CSRF_FAILURE_VIEW = "console.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
}
# Lock-out counts inside the company's schema, by name and address together: a stranger who
# guesses a name elsewhere does not lock its owner out.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "console.errors.locked_out"
AXES_USERNAME_CALLABLE = "console.accounts.lockout.counted_name"
AXES_CLIENT_IP_CALLABLE = "console.accounts.lockout.counted_address"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in is in our own record

# ---- languages ----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "platform" / "config" / "locale"]
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
OPERATOR_TIME_ZONE = env("GUANJIA_TIME_ZONE", "Asia/Shanghai")  # a company has its own

# ---- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Path] = []
# "" (no scanner), "tcp://clamav:3310" or "unix:///run/clamav/clamd.ctl".
ATTACHMENT_SCANNER = env("GUANJIA_SCANNER", "")
# Then nothing is taken that the scanner has not passed, also while it gives no answer.
ATTACHMENT_SCAN_REQUIRED = env_bool("GUANJIA_SCAN_REQUIRED", default=False)


def attachment_storage(bucket: str) -> dict[str, Any]:
    """Return Django's storage of attachments: an S3-compatible bucket, else a folder.

    The keys of the bucket come the way that boto3 finds them (AWS_ACCESS_KEY_ID and so on).
    """
    if bucket:
        options: dict[str, Any] = {
            "bucket_name": bucket,
            "endpoint_url": env("GUANJIA_S3_ENDPOINT", "") or None,
            "region_name": env("GUANJIA_S3_REGION", "") or None,
            "default_acl": None,  # private, as the bucket is
            "file_overwrite": False,
            "querystring_auth": True,
            "addressing_style": env("GUANJIA_S3_ADDRESSING", "auto"),
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env("GUANJIA_ATTACHMENTS", str(VAR / "attachments")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": attachment_storage(env("GUANJIA_S3_BUCKET", "")),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ---- broker and cache ---------------------------------------------------------------------------
BROKER_URL = env("BROKER_URL", "")


def cache_location(broker_url: str) -> str:
    """Return the cache's address: database 1 of the broker's server unless CACHE_URL is set."""
    explicit = env("CACHE_URL", "")
    if explicit or not broker_url:
        return explicit
    parts = urlsplit(broker_url)
    if parts.scheme == "redis+socket":
        return f"unix://{parts.path}?db=1"
    return f"{parts.scheme}://{parts.netloc}/1"


CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": cache_location(BROKER_URL),
        "KEY_FUNCTION": "kernel.tenancy.cache_key",
    }
    if BROKER_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "kernel.tenancy.cache_key",
    }
}
CELERY_BROKER_URL = BROKER_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Four times the longest chunk (60 s): a killed worker's message comes back after this.
    "visibility_timeout": 240,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# ---- the outside --------------------------------------------------------------------------------
# Private networks that webhooks may reach, e.g. "10.20.0.0/16"; with any of them http is allowed.
OUTBOUND_NETWORKS = env("GUANJIA_OUTBOUND_NETWORKS", "").split()

# Text messages; without an address there are none.
SMS_GATEWAY_URL = env("GUANJIA_SMS_GATEWAY_URL", "")
SMS_GATEWAY_KEY = env("GUANJIA_SMS_GATEWAY_KEY", "")
ROBOT_HOSTS = {
    "wecom": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://oapi.dingtalk.com",
    "feishu": "https://open.feishu.cn",
}

# ---- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "api.errors.handle",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.auth.TokenAuthentication",
        "api.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.ApiSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.JsonAlways",
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.ActorThrottle"],
    "DEFAULT_THROTTLE_RATES": {"actor": "600/min"},
    "NUM_PROXIES": 0,  # REMOTE_ADDR is right already
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Guanjia API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"(?:/v/\{place\})?/api/v1",
    "PATH_CONVERTER_OVERRIDES": {
        "place": {"type": "string", "description": "Which company, as `companies/` names it."}
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.describe",
    ],
    "ENUM_NAME_OVERRIDES": {
        "UnitKind": "services.properties.models.UnitKind",
        "UnitState": "services.properties.models.UnitState",
        "PartyKind": "services.properties.models.PartyKind",
        "OccupancyRole": "services.properties.models.OccupancyRole",
        "MeterKind": "services.properties.models.MeterKind",
        "JobState": "kernel.jobs.models.JobState",
        "AccountKind": "services.billing.ledger.models.AccountKind",
        "JournalKind": "services.billing.ledger.models.JournalKind",
        "BillRunState": "services.billing.runs.models.RunState",
        "BillState": "services.billing.runs.models.LineState",
        "SkipReason": "services.billing.runs.models.SkipReason",
        "FeeMethod": "services.billing.standards.models.Method",
        "FeeKind": "services.billing.standards.models.FeeKind",
        "VersionState": "services.billing.standards.models.VersionState",
        "ReadingState": "services.billing.metering.models.ReadingState",
        "ReadingFault": "services.billing.metering.models.ReadingFault",
        "ReadingResolution": "services.billing.metering.models.Resolution",
        "PaymentMethod": "services.billing.cashier.models.PaymentMethod",
        "PaymentState": "services.billing.cashier.models.PaymentState",
        "WarehouseKind": "services.procurement.stock.models.WarehouseKind",
        "StockMoveKind": "services.procurement.stock.models.MoveKind",
        "StockCountState": "services.procurement.stock.models.CountState",
        "AssetState": "services.procurement.stock.models.AssetState",
        "Age": "api.v1.arrears.serializers.AGES",
        "ChainState": "kernel.approvals.models.ChainState",
        "CaseState": "kernel.approvals.models.CaseState",
        "StepState": "kernel.approvals.models.StepState",
        "SeatState": "kernel.approvals.models.AssignmentState",
        "DeadlineState": "kernel.deadlines.models.DeadlineState",
        "RevisionState": "kernel.documents.models.RevisionState",
        "ReleaseState": "kernel.documents.models.ReleaseState",
        "ExemptionState": "kernel.duties.models.ExemptionState",
        "LookMode": "kernel.records.models.Mode",
        "VendorState": "services.procurement.vendors.models.VendorState",
        "VendorKind": "services.procurement.vendors.models.VendorKind",
        "SupplyRole": "services.procurement.vendors.models.SupplyRole",
        "VendorPaperState": "services.procurement.vendors.models.PaperState",
        "VendorAccountState": "services.procurement.vendors.models.AccountState",
        "ContactState": "services.procurement.vendors.models.ContactState",
        "HoldKind": "services.procurement.vendors.models.HoldKind",
        "VisitOutcome": "services.procurement.vendors.models.VisitOutcome",
        "AccessState": "kernel.records.models.AccessState",
        "DisposalState": "kernel.records.models.DisposalState",
        "ChannelKind": "kernel.notifications.models.Channel.Kind",
        "OutgoingState": "kernel.outgoing.OutgoingState",
        "SignInMethod": "kernel.identity.models.Method",
        "HeldItemKind": "kernel.identity.models.ItemKind",
        "HeldItemEventKind": "kernel.identity.models.ItemEventKind",
        "AssignmentState": "services.billing.standards.models.AssignmentState",
        "PurchaseClass": "services.procurement.requests.models.ClassChoice",
        "ContractState": "services.procurement.contracts.models.ContractState",
        "ContractKind": "services.procurement.contracts.models.ContractKind",
        "PurchaseOrderState": "services.procurement.orders.models.OrderState",
        "OrderChangeState": "services.procurement.orders.models.ChangeState",
        "PurchaseRequestState": "services.procurement.requests.models.RequestState",
        "QuoteRoundState": "services.procurement.rounds.models.RoundState",
        "GoodsDestination": "services.procurement.receiving.models.Destination",
        "ObjectionKind": "services.procurement.receiving.models.ObjectionKind",
        "ObjectionState": "services.procurement.receiving.models.ObjectionState",
        "ObjectionSettlement": "services.procurement.receiving.models.Settlement",
        "VendorInvoiceState": "services.procurement.payments.models.InvoiceState",
        "VendorPaymentState": "services.procurement.payments.models.PaymentState",
        "MoneyAccount": "api.v1.procurement.money.serializers.MONEY_ACCOUNTS",
        "AdvanceState": "services.procurement.payments.models.AdvanceState",
        "ClaimState": "services.procurement.payments.models.ClaimState",
        "VendorEntryKind": "services.procurement.payments.models.EntryKind",
        "VendorStatementState": "services.procurement.payments.models.StatementState",
        "ServiceAssessmentState": "services.procurement.payments.models.AssessmentState",
    },
}

# ---- mail ---------------------------------------------------------------------------------------
EMAIL_BACKEND = env("GUANJIA_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env("GUANJIA_EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("GUANJIA_EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("GUANJIA_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env("GUANJIA_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("GUANJIA_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("GUANJIA_EMAIL_FROM", "guanjia@localhost")

# ---- observability ------------------------------------------------------------------------------
SENTRY_DSN = env("SENTRY_DSN", "")
METRICS_TOKEN = env("GUANJIA_METRICS_TOKEN", "")  # no token, no metrics
LOGGING = logging_settings(env("GUANJIA_LOG_LEVEL", "INFO"))
ENVIRONMENT = "base"

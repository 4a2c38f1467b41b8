"""What must be true of the settings, above all of those that no test runs under."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from tests.database import ROOT

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "GUANJIA_SECRET_KEY": "k3y-" * 20 + "9Zx!",
    "GUANJIA_FIELD_KEY": "another-k3y-" * 6,
    "GUANJIA_BASE_DOMAIN": "guanjia.example",
    "DATABASE_URL": "postgresql://guanjia_web@localhost/guanjia",
    "DATABASE_OWNER_URL": "postgresql://guanjia_owner@localhost/guanjia",
    "BROKER_URL": "redis://localhost/0",
    "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT))),
    "PATH": os.environ["PATH"],
}
SHOW = """
import json
from django.conf import settings
names = [name for name in dir(settings) if name.isupper()]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def run(*arguments: str, **environment: str | None) -> "subprocess.CompletedProcess[str]":
    merged = {k: v for k, v in (ENVIRONMENT | environment).items() if v is not None}
    return subprocess.run(
        [sys.executable, *arguments],
        env=merged,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def production() -> dict[str, Any]:
    shown = run("-c", SHOW)
    assert shown.returncode == 0, shown.stderr
    return dict(json.loads(shown.stdout))


def test_cookies_are_bound_to_one_host_by_name(production: dict[str, Any]) -> None:
    for name in ("SESSION", "CSRF", "LANGUAGE", "OPERATOR"):
        assert production[f"{name}_COOKIE_NAME"].startswith("__Host-")
    for name in ("SESSION", "CSRF", "LANGUAGE"):
        assert production[f"{name}_COOKIE_SECURE"] is True
        assert production[f"{name}_COOKIE_DOMAIN"] is None
        assert production[f"{name}_COOKIE_PATH"] == "/"
    assert production["SESSION_COOKIE_HTTPONLY"] is True
    assert production["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_everything_travels_by_tls(production: dict[str, Any]) -> None:
    assert production["SECURE_SSL_REDIRECT"] is True
    assert production["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert production["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert production["PUBLIC_SCHEME"] == "https"
    assert production["PUBLIC_PORT"] == "443"
    assert production["DEBUG"] is False


def test_the_clients_address_is_read_behind_one_proxy(production: dict[str, Any]) -> None:
    """Without it all clients have the proxy's address: five slips of anybody lock a person out."""
    assert production["PROXY_COUNT"] == 1
    compose = (ROOT / "deploy" / "compose.yaml").read_text()
    assert "GUANJIA_PROXY_COUNT: ${GUANJIA_PROXY_COUNT:-1}" in compose


def test_nothing_opens_one_company_to_another(production: dict[str, Any]) -> None:
    assert production["CSRF_TRUSTED_ORIGINS"] == []
    assert production["USE_X_FORWARDED_HOST"] is False
    assert production["SESSION_ENGINE"] == "kernel.sessions"
    assert production["CACHES"]["default"]["KEY_FUNCTION"] == "kernel.tenancy.cache_key"
    assert production["CELERY_TASK_SERIALIZER"] == "json"
    assert production["CELERY_ACCEPT_CONTENT"] == ["json"]
    assert "SHOW_PUBLIC_IF_NO_TENANT_FOUND" not in production
    assert "django.contrib.admin" not in production["INSTALLED_APPS"]
    assert not any("cors" in app for app in production["INSTALLED_APPS"])
    assert production["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert production["SEALING_COST"] >= 15


def test_no_table_of_a_company_is_in_public() -> None:
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)

    assert both == {"django.contrib.contenttypes"}


def test_the_deploy_check_says_nothing() -> None:
    checked = run("-m", "config", "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_one_url_for_all_works_with_a_warning() -> None:
    same = {"DATABASE_OWNER_URL": None, "DATABASE_URL": "postgresql://owner@localhost/guanjia"}

    checked = run("-m", "config", "check", "--deploy", **same)

    assert checked.returncode == 0, checked.stderr
    assert "guanjia.W001" in checked.stderr


@pytest.mark.parametrize(
    "missing", ["GUANJIA_SECRET_KEY", "GUANJIA_FIELD_KEY", "BROKER_URL", "DATABASE_URL"]
)
def test_production_does_not_start_without_what_it_needs(missing: str) -> None:
    extra = {"DATABASE_OWNER_URL": None} if missing == "DATABASE_URL" else {}

    shown = run("-c", SHOW, **{missing: None}, **extra)

    assert shown.returncode != 0
    assert missing in shown.stderr

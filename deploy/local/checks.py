"""`./dev check`: everything that can be said about the sources without running them."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local.processes import Runner
from deploy.local.report import Reporter, write

# Not used, only there: production refuses to start without them.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "DATABASE_URL": "postgresql://guanjia_web@localhost/guanjia",
    "BROKER_URL": "redis://localhost:6379/0",
}


def run_checks(
    root: Path, programs: Path, env: dict[str, str], runner: Runner, report: Reporter
) -> int:
    """Run all checks, two at a time; print what the failed ones say; return 0 if all hold."""
    django: list[str | Path] = [programs / "python", "-m", "config"]
    keys = {name: secrets.token_urlsafe(64) for name in ("GUANJIA_SECRET_KEY", "GUANJIA_FIELD_KEY")}
    production = env | PRODUCTION | keys
    checks: dict[str, tuple[list[str | Path], dict[str, str]]] = {
        "types": ([programs / "python", "-m", "mypy"], env),
        "format": ([programs / "ruff", "format", "--check", "."], env),
        "lint": ([programs / "ruff", "check", "."], env),
        "imports": ([programs / "lint-imports"], env),
        "migrations": ([*django, "makemigrations", "--check", "--dry-run"], env),
        "settings": ([*django, "check", "--deploy", "--fail-level", "WARNING"], production),
        "translations": ([*django, "messages", "check"], env),
    }

    def one(name: str) -> bool:
        command, variables = checks[name]
        began = time.monotonic()
        code, output = runner.capture(command, cwd=root, env=variables)
        verdict = "ok" if code == 0 else f"FAILED (exit code {code})"
        report.step("check", f"{name:<13}{verdict}, {time.monotonic() - began:.1f} s")
        if code:
            write(output.rstrip())
        return code == 0

    with ThreadPoolExecutor(2) as pool:
        try:
            return 0 if all(list(pool.map(one, checks))) else 1
        except BaseException:
            runner.end_all()
            raise

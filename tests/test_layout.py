"""The folder ``platform/`` is a source root: it must never hide the stdlib's ``platform``."""

import importlib
import platform
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Longer than this, a module does more than one job. Generated migrations are as long as they are.
MOST_LINES = 500


def test_platform_is_the_standard_library() -> None:
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize("folder", ["platform", "tests/platform"])
def test_source_root_is_no_package(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()


@pytest.mark.parametrize(
    "name", ["config", "console", "portal", "kernel", "tenants", "services", "api", "tests"]
)
def test_first_party_package_is_ours(name: str) -> None:
    module = importlib.import_module(name)

    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(ROOT)


def test_modules_are_short_enough_to_read() -> None:
    sources = [
        path
        for folder in ("platform", "tenants", "services", "api", "tests", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and "node_modules" not in path.parts
    ]

    long = {
        str(path.relative_to(ROOT)): count
        for path in sources
        if (count := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }

    assert len(sources) > 300
    assert long == {}

"""What no file of the repository may hold, each rule with the text it must catch."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("platform", "tenants", "services", "api", "deploy", "tests", ".ci")
# Made by tools, or by whoever runs the product; not in version control.
MADE = frozenset({"build", "node_modules", "__pycache__"})
LOCKS = (
    "requirements.lock",
    "tests/requirements.lock",
    "deploy/requirements-node.lock",
    "package-lock.json",
)
# Each is spelled so that it does not find itself here.
RULES = {
    "unfinished": (re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"), "# TO" + "DO: later"),
    "paths outside": (
        re.compile(r"(?<![\w>.-])(?:/wor[k]/|share[d]/|/roo[t]/|/hom[e]/)"),
        "see " + "/wor" + "k/notes",
    ),
}


def texts() -> Iterator[tuple[str, str]]:
    """Yield each text file of the repository with its path."""
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in FOLDERS:
        files += [
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and MADE.isdisjoint(path.parts)
        ]
    for path in sorted(files):
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, a ledger in another encoding


@pytest.mark.parametrize("rule", RULES)
def test_no_file_holds_it(rule: str) -> None:
    pattern, _planted = RULES[rule]

    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        if name not in LOCKS
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_sees_what_it_forbids(rule: str) -> None:
    pattern, planted = RULES[rule]

    assert pattern.search(planted)


def test_all_kinds_of_files_are_read() -> None:
    names = [name for name, _text in texts()]

    assert {"dev", "README.md", "pyproject.toml", ".ci/run", "deploy/Dockerfile"} <= set(names)
    assert len(names) > 700


@pytest.mark.parametrize("name", [lock for lock in LOCKS if lock.endswith(".lock")])
def test_locks_of_python_pin_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE)
    pins = len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE))
    assert pins
    assert text.count("--hash=sha256:") >= pins


def test_the_lock_of_npm_pins_by_hash_and_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}

    assert installed
    assert not [name for name, package in installed.items() if "resolved" in package]
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())

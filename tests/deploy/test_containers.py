"""The container files name what is there. They are read, not run: tests have no engine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
COMPOSE = (ROOT / "deploy/compose.yaml").read_text()
SETTINGS = "".join(path.read_text() for path in (ROOT / "platform/config/settings").glob("*.py"))
# Read by compose itself or by the database's first start, not by the product.
FOR_OTHERS = {
    "GUANJIA_VERSION",
    "GUANJIA_OWNER_PASSWORD",
    "GUANJIA_WEB_PASSWORD",
    "POSTGRES_PASSWORD",
}


def copied() -> Iterator[str]:
    """Yield what the image takes from the repository."""
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY ") and "--from" not in line and "<<" not in line:
            yield from line.split()[1:-1]


@pytest.mark.parametrize("source", list(copied()))
def test_what_the_image_copies_is_there_and_sent_to_the_engine(source: str) -> None:
    sent = re.findall(r"^!(.+)$", (ROOT / "deploy/Dockerfile.dockerignore").read_text(), re.M)

    assert (ROOT / source).exists()
    assert any(Path(source).is_relative_to(path) for path in sent)


def test_the_image_has_every_package_of_the_product() -> None:
    roots = {path.parts[0] for path in map(Path, copied())}

    assert {"platform", "tenants", "services", "api"} <= roots


def test_the_python_of_the_image_is_one_that_the_lock_is_for() -> None:
    assert set(re.findall(r"python:?(3\.\d+)", DOCKERFILE)) == {"3.11"}


def test_every_variable_of_the_containers_is_read_by_somebody() -> None:
    named = set(re.findall(r"^    (?:  )?([A-Z][A-Z_]+):", COMPOSE, re.M))
    named |= set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))

    unread = {name for name in named - FOR_OTHERS if f'"{name}"' not in SETTINGS}

    assert "GUANJIA_SECRET_KEY" in named
    assert unread == set()


def test_nobody_but_migrations_and_the_worker_gets_the_owners_login() -> None:
    services = re.split(r"\n  (?=[a-z]+:\n)", COMPOSE.partition("\nservices:")[2])
    owners = {text.strip().partition(":")[0] for text in services if "*as-owner" in text}

    assert owners == {"migrate", "worker"}


def test_files_that_the_containers_mount_are_there() -> None:
    mounted = re.findall(r"- (\./[^:]+):", COMPOSE)

    assert mounted
    assert all((ROOT / "deploy" / path).exists() for path in mounted)


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text())

    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "deploy/CHANGELOG.md"])
def test_paths_in_documents_are_there(document: str) -> None:
    text = (ROOT / document).read_text()
    paths = re.findall(r"`((?:platform|tenants|services|api|deploy|tests)/[\w./-]+\.\w+)`", text)

    assert [path for path in paths if not (ROOT / path).exists()] == []

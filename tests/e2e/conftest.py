"""Fixtures of the browser journeys. Skipped where there is no chromium, never in CI."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests import database
from tests.e2e.site import Site, close_connections

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = database.ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The worker and other tests share two cores with a journey: what is expected to be seen is waited
# for as long as Playwright waits for a click.
expect.set_options(timeout=30_000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread; Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium: .ci/run installs it")
        pytest.skip("no chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A running site with the demo companies' people and nothing else in the first company."""
    name = f"{database.worker_database()}_site"
    with django_db_blocker.unblock():
        own = database.worker_database()
        database.copy_template(name)
        running = Site(tmp_path_factory.mktemp("site"), name)
        try:
            running.start()
            yield running
        finally:
            running.stop()
            close_connections()
            database.drop(name)
            database.use(own)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    fresh = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def axe_violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds on the page by all of its rules or by some, one line each.

    It looks at the whole page, styles included, and at no colour halfway to another.
    """
    page.wait_for_load_state()
    page.emulate_media(reduced_motion="reduce")
    # Evaluated and not added as a script: our content policy lets no inline script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(rules ? {runOnly: rules} : {})", rules)
    return [
        f"{violation['id']}: {node['target']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]

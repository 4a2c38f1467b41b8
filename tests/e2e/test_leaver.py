"""S-44 in the browser: somebody leaves. Second factors, with a device that signs for real."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from config.demo import people
from kernel.identity import totp
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

SLUG = "qinghe"
# No other journey signs in as these two: one has an app afterwards, the other has left.
KEEPER = "luming"
LEAVER = next(person for person in people.OTHERS if person.username == "maqiang")


@pytest.fixture(scope="module")
def demo(site: Site) -> Site:
    site.command("demo")
    return site


@pytest.fixture
def desk(demo: Site, browser: Browser) -> Iterator[Page]:
    """The administrator's browser, with a security key that never asks for a finger."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    sign_in(demo, page, people.ADMINISTRATOR.username)
    yield page
    context.close()


def sign_in(site: Site, page: Page, username: str, password: str = people.PASSWORD) -> None:
    page.goto(site.address(SLUG, "/sign-in/"))
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def issue(page: Page, site: Site, kind: str, number: str, holder: str, amount: str = "") -> None:
    page.goto(site.address(SLUG, "/c/items/new/"))
    page.select_option("select[name=kind]", kind)
    page.fill("input[name=number]", number)
    page.select_option("select[name=holder]", label=holder)
    if amount:
        page.fill("input[name=amount]", amount)
    page.locator("form:has(select[name=kind]) button.btn-primary").click()
    page.wait_for_url("**/c/items/")


def confirm(page: Page) -> None:
    """Press the button of the question that a dangerous step asks."""
    page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").last.click()


def test_s44_a_leaver_hands_everything_back(demo: Site, desk: Page) -> None:
    person = LEAVER
    label = f"{person.name} ({person.username})"
    issue(desk, demo, "KEY", "3-2-1602/2", label)
    issue(desk, demo, "RECEIPT_BOOK", "0012", label)
    issue(desk, demo, "CASH_FLOAT", "F-1", label, "200.00")
    desk.goto(demo.address(SLUG, "/c/departures/new/"))
    desk.select_option("select[name=user]", label=label)
    desk.locator("form:has(select[name=user]) button.btn-primary").click()
    desk.wait_for_url(re.compile(r"/c/departures/\d+/$"))

    desk.locator("form[action$='/close/'] button").click()
    confirm(desk)
    expect(desk.locator(".note.bad")).to_be_visible()  # what was there before has no refusal
    expect(desk.locator(".rows > .stack")).to_have_count(3)
    for number in ("3-2-1602/2", "0012", "F-1"):
        thing = desk.locator(".rows > .stack").filter(has_text=number)
        take = thing.locator("form:has(input[name=way][value=TAKE_BACK])")
        if number == "F-1":
            take.locator("input[name=counted]").fill("200.00")
        take.locator("button").click()
        expect(desk.locator(".rows > .stack").filter(has_text=number)).to_have_count(0)
    desk.wait_for_load_state()  # without the script nothing would be asked
    desk.locator("form[action$='/close/'] button").click()
    confirm(desk)
    expect(desk.locator("form[action$='/close/']")).to_have_count(0)

    desk.goto(re.sub(r"(/c/departures/\d+/).*", r"\1sheet/", desk.url))
    expect(desk.locator("#main")).to_contain_text("0012")
    stranger = desk.context.browser.new_page()  # type: ignore[union-attr]
    sign_in(demo, stranger, person.username)
    expect(stranger.locator("#sidebar")).to_have_count(0)
    stranger.close()


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(demo: Site, browser: Browser) -> None:
    page = browser.new_page()
    sign_in(demo, page, KEEPER)
    page.goto(demo.address(SLUG, "/c/account/app/"))
    expect(page.locator(".qr-box svg")).to_be_visible()
    secret = page.locator("code.code").first.inner_text().replace(" ", "")
    # Half a minute ahead is taken as well: the code holds however long the sending takes.
    ahead = totp.step_of(timezone.now()) + 1
    page.fill("input[name=code]", totp.code_at(secret, ahead))
    page.locator("form:has(.qr-box) button.btn-primary").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    code = page.locator("#recovery-codes li").first.inner_text().strip()
    page.reload()
    expect(page.locator("#recovery-codes")).to_have_count(0)  # shown once

    other = browser.new_page()
    sign_in(demo, other, KEEPER)
    other.wait_for_url("**/sign-in/factor/")
    other.fill("input[name=code]", "000000")
    other.keyboard.press("Enter")
    expect(other.locator("input[name=code]")).to_have_class(re.compile("is-bad"))
    other.fill("input[name=code]", code)
    other.keyboard.press("Enter")
    other.wait_for_selector("#sidebar")
    other.close()
    page.close()


def test_a_passkey_is_made_signs_in_and_is_removed(demo: Site, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(demo, page, people.DIRECTOR.username)
    page.goto(demo.address(SLUG, "/c/account/passkeys/new/"))
    page.fill("input[name=name]", "办公室电脑")
    page.locator("form[data-passkey] button.btn-primary").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)

    context.clear_cookies()
    page.goto(demo.address(SLUG, "/sign-in/"))
    page.locator("form[data-passkey] button").click()
    page.wait_for_selector("#sidebar")

    page.goto(demo.address(SLUG, "/c/account/"))
    expect(page.locator("input[name=name][value='办公室电脑']")).to_be_visible()
    page.locator("form[action$='/remove/'] button").first.click()
    confirm(page)
    expect(page.locator("input[name=name][value='办公室电脑']")).to_have_count(0)
    context.close()

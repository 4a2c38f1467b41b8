"""A person at a browser: opens mail, signs in, and finds his way by the words on the screen."""

import re
from dataclasses import dataclass
from dataclasses import field as of
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.site import Site

PASSWORD = "yun-lu-hua-yuan-2026"


@dataclass
class Person:
    """Signs in at one company's address; afterwards only clicks, types and reads."""

    browser: Browser
    site: Site
    company: str
    username: str
    name: str
    complaints: list[str] = of(default_factory=list)
    _context: BrowserContext | None = None
    _page: Page | None = None

    @property
    def page(self) -> Page:
        assert self._page is not None, f"{self.name} has no browser open"
        return self._page

    @property
    def address(self) -> str:
        """Where this person gets mail."""
        return f"{self.username}@{self.company}.example"

    # ---- coming and going ----------------------------------------------------------------------

    def open_browser(self, width: int = 1440, height: int = 900) -> None:
        self._context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        self._page = self._context.new_page()
        self._page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text) if message.type == "error" else None
            ),
        )

    def close_browser(self) -> None:
        assert self._context is not None
        self._context.close()
        self._context = self._page = None

    def accept_invitation(self) -> None:
        """Follow the link of the newest mail and choose a password there."""
        self.open_browser()
        self.page.goto(self.site.password_link(self.address))
        self.fill("新密码", PASSWORD)
        self.fill("再次输入新密码", PASSWORD)
        self.press("设置密码")
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in; with no browser open, begin at the company's address."""
        if self._page is None:
            self.open_browser()
            self.page.goto(self.site.address(self.company))
        self.fill("用户名", self.username)
        self.fill("密码", PASSWORD)
        self.press("登录")
        expect(self.page.locator("#sidebar")).to_be_visible()

    # ---- what a hand does ----------------------------------------------------------------------

    def menu(self, *labels: str) -> None:
        """Choose an entry of the main menu, and the one below it."""
        for label in labels:
            self.page.get_by_role("navigation", name="主菜单").get_by_role(
                "link", name=label, exact=True
            ).last.click()
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_load_state("networkidle")

    def press(self, label: str, *, within: str = "body") -> None:
        """Press the button or follow the link of this label that can be seen."""
        self.find(label, within=within).click()

    def open_sheet(self, label: str) -> None:
        """Press what opens the sheet at the side, and see it."""
        self.press(label)
        expect(self.page.locator("#sheet-title")).to_be_visible()

    def finish_sheet(self, label: str) -> None:
        """Press the sheet's button and see the page it leads to."""
        with self.page.expect_navigation():
            self.press(label, within="#sheet")
        expect(self.page.locator("#sheet")).to_be_hidden()

    def press_summary(self, label: str) -> None:
        """Open a menu that hangs below its label."""
        self.page.locator("summary", has_text=label).locator("visible=true").first.click()

    def find(self, label: str, *, within: str = "body") -> Locator:
        """Return the button or link of this label on a page that has loaded, scripts and all.

        Before that a sheet would open as a page of its own, and a question would not be asked.
        """
        self.page.wait_for_load_state()
        place = self.page.locator(within)
        buttons = place.get_by_role("button", name=label)
        links = place.get_by_role("link", name=label)
        return buttons.or_(links).locator("visible=true").first

    def field(self, label: str, *, within: str = "body") -> Locator:
        """Return the field of this label; required ones have a star after it."""
        self.page.wait_for_load_state()
        words = re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$")
        controls = self.page.locator("input, select, textarea")
        labelled = self.page.locator(within).get_by_label(words)
        return labelled.and_(controls).locator("visible=true").first

    def fill(self, label: str, text: str, *, within: str = "body") -> None:
        self.field(label, within=within).fill(text)

    def choose(self, label: str, option: str, *, within: str = "body") -> None:
        self.field(label, within=within).select_option(label=option)

    def tick(self, label: str, *, within: str = "body") -> None:
        self.field(label, within=within).check()

    def upload(self, label: str, file: Path) -> None:
        self.field(label).set_input_files(file)

    # ---- what an eye does ----------------------------------------------------------------------

    def sees(self, *texts: str, within: str = "#main") -> None:
        for text in texts:
            expect(self.page.locator(within)).to_contain_text(text)

    def misses(self, label: str) -> None:
        """See no button, link or menu entry of this label on the whole page."""
        self.page.wait_for_load_state()
        for role in ("button", "link"):
            expect(self.page.get_by_role(role, name=label, exact=True)).to_have_count(0)

    def figures(self) -> dict[str, str]:
        """Return the page's key figures by their names."""
        expect(self.page.locator(".kpis").first).to_be_visible()
        self.page.wait_for_load_state()  # the rest of them may still be on its way
        return {
            tile.locator(".k").inner_text(): tile.locator(".v").inner_text()
            for tile in self.page.locator(".kpis .kpi").all()
        }

    def facts(self) -> dict[str, str]:
        """Return the named facts of the page's lists of properties."""
        self.page.wait_for_load_state()
        names = self.page.locator("#main dl.kv dt")
        return {
            name.inner_text().strip(): name.locator("+ dd").inner_text().strip()
            for name in names.all()
        }

    def rows(self) -> list[list[str]]:
        """Return the cells of a list page: its heads, its rows, and the totals below."""
        self.page.wait_for_load_state()
        rows = self.page.locator("#list-body tr").all()
        return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]

    def table(self, title: str) -> list[list[str]]:
        """Return the cells of the rows of the table under this heading."""
        self.page.wait_for_load_state()
        card = self.page.locator(".card, .list-page").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )
        return [
            [cell.strip() for cell in row.locator("th, td").all_inner_texts()]
            for row in card.locator("tbody tr").all()
        ]

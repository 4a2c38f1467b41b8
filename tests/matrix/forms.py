"""The forms of a page, as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Form:
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # of selects, radios and ticks


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.current: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            # A field may have named its form before it began.
            self.current = self.by_id.setdefault(given.get("id", ""), Form(""))
            if not given.get("id"):
                self.current = Form("")
            if given.get("method", "").lower() == "post" or "hx-post" in given:
                target = given.get("hx-post") or given.get("action") or ""
                self.current.action = urlsplit(urljoin(self.page, target)).path
                self.forms.append(self.current)
            return
        form = self.by_id.setdefault(given["form"], Form("")) if "form" in given else self.current
        name = given.get("name", "")
        if form is None:
            return
        if tag == "option" and self.select:
            form.choices[self.select].append(given.get("value", ""))
            if "selected" in given:
                form.values[self.select] = [given.get("value", "")]
        elif not name or name == "csrfmiddlewaretoken":
            return
        elif tag == "select":
            self.select = name
            form.choices.setdefault(name, [])
            form.values.setdefault(name, [])
        elif tag in {"input", "textarea", "button"}:
            self._take(form, tag, name, given)

    def _take(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text" if tag != "button" else "submit")
        if kind in {"checkbox", "radio"}:
            form.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" not in given:
                form.values.setdefault(name, [])
                return
        form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        elif tag == "select":
            self.select = ""


def forms_of(page: str, text: str) -> list[Form]:
    """Return the forms that are sent by POST from the page at this address."""
    reader = _Reader(page)
    reader.feed(text)
    return reader.forms

"""A very small browser: host names without DNS, cookies, forms with their token, links."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_SECONDS = 30
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass
class Answer:
    """What came back for one address, after redirects."""

    status: int
    path: str
    body: bytes
    content_type: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Links(HTMLParser):
    """Collects what a page links to, what its menu holds, and its form token."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.menu: list[str] = []
        self.assets: list[str] = []
        self.token = ""
        self._in_menu = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "nav":
            self._in_menu += "nav" in values.get("class", "").split() or self._in_menu > 0
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])
            if self._in_menu:
                self.menu.append(values["href"])
        elif tag == "input" and values.get("name") == "csrfmiddlewaretoken":
            self.token = values.get("value", "")
        elif tag in {"script", "img"} and values.get("src", "").startswith("/"):
            self.assets.append(values["src"])
        elif tag == "link" and values.get("href", "").startswith("/static/"):
            self.assets.append(values["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav" and self._in_menu:
            self._in_menu -= 1


@dataclass
class Browser:
    """One person's browser at one company's host; every request goes to ``address:port``."""

    address: str
    port: int
    host: str
    _cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Fetch a page, following redirects within the host."""
        answer = self._request("GET", path, None, headers or {})
        for _hop in range(5):
            if answer.status not in REDIRECTS:
                break
            answer = self._request("GET", answer.path, None, headers or {})
        return answer

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Fetch the page with the form for its token, send the form, follow what it answers."""
        token = links_of(self.get(path)).token
        body = urlencode({**fields, "csrfmiddlewaretoken": token})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"http://{self.host}{path}",
            "Origin": f"http://{self.host}",
        }
        answer = self._request("POST", path, body, headers)
        return self.get(answer.path) if answer.status in REDIRECTS else answer

    def _request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        client = HTTPConnection(self.address, self.port, timeout=TIMEOUT_SECONDS)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            sent = {"Host": self.host, "Accept-Language": "zh-CN", **headers}
            if cookies:
                sent["Cookie"] = cookies
            client.request(method, path, body=body, headers=sent)
            response = client.getresponse()
            content = response.read()
            for line in response.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    self._cookies[name] = morsel.value
            where = path
            if response.status in REDIRECTS:
                parts = urlsplit(urljoin(path, response.headers.get("Location", "/")))
                where = parts.path + (f"?{parts.query}" if parts.query else "")
            return Answer(response.status, where, content, response.headers.get("Content-Type", ""))
        finally:
            client.close()


def links_of(answer: Answer) -> _Links:
    """Return what the page links to."""
    parser = _Links()
    parser.feed(answer.text)
    return parser

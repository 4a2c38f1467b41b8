"""Rules that every template keeps, because the security policy and the budget depend on them."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

ROOT = settings.ROOT
TEMPLATES = sorted((ROOT / "platform").glob("*/templates/**/*.html"))
ICONS = set(json.loads((ROOT / "platform/console/assets/icons.json").read_text()))
names = {path: str(path.relative_to(ROOT)) for path in TEMPLATES}
each = pytest.mark.parametrize("path", TEMPLATES, ids=names.get)

FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on, which needs unsafe-eval": re.compile(r"\bhx-on\b"),
    "a script in hx-vals or a URL": re.compile(r"(js:|javascript:)"),
    "a trigger filter, which needs unsafe-eval": re.compile(r'hx-trigger="[^"]*\w\['),
    "a foreign origin": re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.IGNORECASE),
    "autoescape switched off": re.compile(r"\|\s*safe\b|\{%\s*autoescape off"),
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 30


@each
def test_template_begins_with_its_context(path: Path) -> None:
    first = path.read_text().split("\n", 1)[0]

    assert re.match(r"\{# Context: .+ #\}$", first), first


@each
def test_template_keeps_the_security_policy(path: Path) -> None:
    text = path.read_text()

    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@each
def test_icons_of_the_template_are_in_the_sprite(path: Path) -> None:
    used = set(re.findall(r'\{% icon "([\w-]+)"', path.read_text()))

    assert used - ICONS == set()


@each
def test_template_compiles(path: Path) -> None:
    get_template(str(path).rpartition("/templates/")[2])


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a style attribute", '<p style="width:3%">'),
        ("an inline script", "<script>alert(1)</script>"),
        ("an event handler", '<a href="#" onclick="x()">'),
        ("a script in hx-vals or a URL", '<a href="javascript:x()">'),
        ("a trigger filter, which needs unsafe-eval", '<i hx-trigger="click[ctrlKey]">'),
        ("a foreign origin", '<img src="//cdn.example/x.png">'),
        ("autoescape switched off", "{{ note|safe }}"),
    ],
)
def test_rule_catches_a_planted_breach(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)


def test_icons_named_in_python_are_in_the_sprite() -> None:
    pattern = re.compile(r'\bicon="([\w-]+)"|_icon(?:: ClassVar\[str\])? = "([\w-]+)"')
    used = {
        name
        for path in (ROOT / "platform/console").rglob("*.py")
        for match in pattern.finditer(path.read_text())
        for name in match.groups()
        if name
    }

    assert used - ICONS == set()


def test_icon_points_into_the_sprite() -> None:
    html = engines["django"].from_string('{% load ui %}{% icon "home" "i-l" %}').render()

    assert html == (
        '<svg class="i i-l" aria-hidden="true">'
        '<use href="/static/console/build/icons.svg#home"/></svg>'
    )

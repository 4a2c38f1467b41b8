"""The component library as tags: ``{% load ui %}``. Markup lives in ``console/components/``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.widgets import Select, Textarea
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from console import charts, formats
from console.tones import tone_of

register = template.Library()


# ---- words and figures --------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Render an icon of the sprite; the names are in ``assets/icons.json``."""
    return format_html(
        '<svg class="i {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("console/build/icons.svg"),
        name,
    )


@register.filter
def money(amount: Decimal | int | None) -> str:
    return formats.spell_money(amount)


@register.filter
def signed(amount: Decimal | None) -> str:
    """Render a change of an amount with its sign: ``+34,937.61``, ``−71.02``."""
    text = formats.spell_money(amount)
    return f"+{text}" if amount is not None and amount > 0 else text


@register.filter
def number(value: Decimal | int | float | None, places: int | None = None) -> str:
    return formats.spell_number(value, places)


@register.filter
def percent(share: Decimal | float | None, places: int = 1) -> str:
    return formats.spell_percent(share, places)


@register.filter
def share(value: Decimal) -> str:
    return formats.spell_share(value)


@register.filter
def day(value: date | None) -> str:
    return formats.spell_day(value)


@register.filter
def month(value: date | None) -> str:
    return formats.spell_month(value)


@register.filter
def clock(value: datetime | None) -> str:
    return formats.spell_time(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.spell_moment(value)


@register.filter
def duration(value: timedelta | None) -> str:
    return formats.spell_duration(value)


@register.filter
def name_only(label: str) -> str:
    """Spell who acted for a vendor: what staff sign in with is not his to know."""
    return formats.spell_name(label)


@register.filter
def who(label: str) -> str:
    """Write who acted."""
    return formats.spell_who(label)


@register.filter
def tone(code: object) -> str:
    return tone_of(code)


@register.simple_tag
def chip(text: object, tone: str = "", *, dot: bool = True) -> SafeString:
    """Render a word with a colour: ``{% chip "2 bills overdue" "bad" %}``."""
    return format_html('<span class="chip {}{}">{}</span>', tone, "" if dot else " nd", text)


@register.simple_tag
def status(code: object, word: object = "", tone: str | None = None) -> SafeString:
    """Render the state of a record: ``{% status run.state run.get_state_display %}``."""
    return chip(word or code, tone_of(code) if tone is None else tone)


@register.simple_tag
def toned(text: object, tone: str) -> SafeString:
    """Render text in the colour of a tone, e.g. days overdue in red."""
    return format_html('<span class="c-{}">{}</span>', tone, text)


@register.simple_tag
def faint(text: object) -> SafeString:
    return format_html('<span class="t3">{}</span>', text)


@register.simple_tag
def kbd(*keys: str) -> SafeString:
    return format_html_join("", "<kbd>{}</kbd>", ((key,) for key in keys))


@register.simple_tag
def sep() -> SafeString:
    """Render the dot between two facts; the character · is full-width in Chinese fonts."""
    return SafeString('<i class="sep" aria-hidden="true"></i>')


@register.simple_tag
def avatar(name: object, css: str = "") -> SafeString:
    """Render the first character of a name on a colour that stays with the name."""
    text = str(name).strip()
    shade = " abcdef"[sum(map(ord, text)) % 7].strip()
    return format_html(
        '<span class="av {} {}" aria-hidden="true">{}</span>', shade, css, text[:1].upper() or "?"
    )


# ---- forms --------------------------------------------------------------------------------------


def _widget(field: BoundField, css: str, attrs: Mapping[str, Any]) -> SafeString:
    named = {name.replace("_", "-"): value for name, value in attrs.items()}
    return SafeString(field.as_widget(attrs={"class": css, **named} if css else named))


@register.simple_tag
def field(field: BoundField, hint: str = "", css: str = "", **attrs: Any) -> SafeString:
    """Render a form field whole: label, control, hint, errors, wired for screen readers.

    Further arguments become attributes of the control: ``{% field form.room autofocus=True %}``.
    """
    if field.is_hidden:
        return _widget(field, "", attrs)
    widget = field.field.widget
    if hint:
        field.help_text = hint
    kind, control_css = "plain", "form-control"
    if isinstance(widget, CheckboxInput):
        kind, control_css = "check", "ck"
    elif isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        kind, control_css = "choices", ""
    elif isinstance(widget, Select) and not getattr(widget, "allow_multiple_selected", False):
        control_css = "form-select"
    elif isinstance(widget, Textarea):
        attrs = {"rows": 3, **attrs}
    if field.errors and control_css:
        control_css += " is-bad"
    return SafeString(
        render_to_string(
            "console/components/field.html",
            {
                "field": field,
                "kind": kind,
                "css": css,
                "control": _widget(field, control_css, attrs),
            },
        )
    )


@register.simple_tag
def money_input(field: BoundField, hint: str = "", css: str = "", **attrs: Any) -> SafeString:
    """Render a form field for an amount: ¥ before it, right-aligned, cleaned when left."""
    if hint:
        field.help_text = hint
    control = _widget(
        field,
        f"form-control{' is-bad' if field.errors else ''}",
        {"inputmode": "decimal", "autocomplete": "off", "data_money": True, **attrs},
    )
    return SafeString(
        render_to_string(
            "console/components/field.html",
            {"field": field, "kind": "money", "css": css, "control": control},
        )
    )


@register.inclusion_tag("console/components/files.html")
def files(carrier: str, subject_id: int) -> dict[str, object]:
    """Render the place of a record's files, which the browser fetches once the page is there.

    ``{% files "properties.household" household.pk %}``; the model registers a ``Carrier``.
    """
    return {"address": reverse("files", args=[carrier, subject_id])}


@register.inclusion_tag("console/components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Render what is wrong with a form, with a link to each field; nothing while it is right."""
    return {
        "form": form,
        "fields": [bound for bound in form if bound.errors],
        "count": len(form.errors),
    }


# ---- page parts ---------------------------------------------------------------------------------


def _trimmed(content: str) -> SafeString:
    """Return what stood between two tags, rendered already, without the space around it."""
    return SafeString(content.strip())


@register.simple_block_tag(end_name="end_page_header")
def page_header(content: str, title: object, **facts: Any) -> SafeString:
    """Render the title of a page; between the tags its actions, one of them ``btn-primary``.

    ``chips`` is HTML made by ``{% chip … as chips %}``, ``meta`` a text or a list of texts that
    stand under the title.
    """
    meta = facts.get("meta") or []
    return SafeString(
        render_to_string(
            "console/components/page_header.html",
            {
                "title": title,
                "chips": facts.get("chips", ""),
                "meta": [meta] if isinstance(meta, str) else meta,
                "actions": _trimmed(content),
            },
        )
    )


@register.simple_block_tag(end_name="end_card")
def card(content: str, title: object = "", hint: object = "", *, flush: bool = False) -> SafeString:
    """Render a titled surface. ``flush`` leaves the padding to the content, e.g. a table."""
    return SafeString(
        render_to_string(
            "console/components/card.html",
            {"title": title, "hint": hint, "content": content, "flush": flush},
        )
    )


@register.simple_block_tag(end_name="end_note")
def note(content: str, tone: str = "", icon: str = "") -> SafeString:
    """Render a sentence that must be seen; tones ``ok``, ``warn``, ``bad``, ``mute``."""
    icons = {"ok": "ok", "warn": "alert", "bad": "warn"}
    return SafeString(
        render_to_string(
            "console/components/note.html",
            {"tone": tone, "icon": icon or icons.get(tone, "info"), "content": _trimmed(content)},
        )
    )


@register.simple_block_tag(end_name="end_empty_state")
def empty_state(content: str, title: object, text: object = "", icon: str = "") -> SafeString:
    """Render that nothing is here: what would be, and between the tags how to start."""
    return SafeString(
        render_to_string(
            "console/components/empty.html",
            {"title": title, "text": text, "icon": icon, "actions": _trimmed(content)},
        )
    )


@register.simple_block_tag(end_name="end_kpi")
def kpi(content: str, label: object, value: object, unit: str = "", tone: str = "") -> SafeString:
    """Render a figure; between the tags one line that puts it in proportion."""
    return SafeString(
        render_to_string(
            "console/components/kpi.html",
            {
                "label": label,
                "value": value,
                "unit": unit,
                "tone": tone,
                "foot": _trimmed(content),
            },
        )
    )


@register.simple_block_tag(end_name="end_timeline_item")
def timeline_item(
    content: str, title: object, at: datetime | None, icon: str = "clock", tone: str = ""
) -> SafeString:
    """Render one event of an ``<ol class="tl">``; between the tags what was said or done."""
    return SafeString(
        render_to_string(
            "console/components/timeline_item.html",
            {"title": title, "at": at, "icon": icon, "tone": tone, "body": _trimmed(content)},
        )
    )


@register.inclusion_tag("console/components/tabs.html")
def tabs(items: Sequence[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Render links that switch a page's view; each item has url, label, current and maybe count."""
    return {"items": items, "label": label}


@register.inclusion_tag("console/components/breadcrumbs.html")
def breadcrumbs(
    crumbs: Iterable[tuple[object, str]] | None, current: object = ""
) -> dict[str, Any]:
    """Render the way here: ``crumbs`` are (label, url) pairs, ``current`` is the page itself."""
    return {"crumbs": list(crumbs or []), "current": current}


@register.inclusion_tag("console/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any] | Any) -> dict[str, Any]:
    """Render page numbers for a ``Page``; previous and next for a cursor page.

    A cursor page has ``previous_cursor`` and ``next_cursor`` (strings or ``None``).
    """
    numbers: list[int | str] = []
    if isinstance(page, Page):
        numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {
        "request": context.get("request"),
        "page": page,
        "numbers": numbers,
        "gap": page.paginator.ELLIPSIS if numbers else "",
        "by_cursor": not isinstance(page, Page),
    }


# ---- drawings -----------------------------------------------------------------------------------


@register.inclusion_tag("console/components/progress.html")
def progress(
    done: int | Decimal, total: int | Decimal, label: str, skipped: int = 0
) -> dict[str, Any]:
    """Render a bar of work done, with what was skipped in amber."""
    whole = Decimal(total) if total else Decimal(1)
    percent_done = min(Decimal(done) / whole * 100, Decimal(100))
    percent_skipped = min(Decimal(skipped) / whole * 100, Decimal(100) - percent_done)
    return {
        "label": label,
        "value": int(percent_done + percent_skipped),
        "done": f"{percent_done:.2f}",
        "skipped": f"{percent_skipped:.2f}",
        "empty": not total,
    }


@register.inclusion_tag("console/components/ageing.html")
def ageing(rows: Sequence[Mapping[str, Any]], caption: str) -> dict[str, Any]:
    """Render a stripe and its table: arrears by age, youngest first, at most five groups.

    Each row has ``label`` and ``amount``, and may have ``count`` and ``url``.
    """
    segments = charts.stripe([(str(row["label"]), Decimal(row["amount"])) for row in rows])
    return {
        "caption": caption,
        "rows": [
            {**row, "segment": segment, "css": f"age-{min(index, 5)}"}
            for index, (row, segment) in enumerate(zip(rows, segments, strict=True), start=1)
        ],
    }


@register.inclusion_tag("console/components/bar_chart.html")
def bar_chart(
    rows: Sequence[Mapping[str, Any]], caption: str, behind: str, front: str
) -> dict[str, Any]:
    """Render two series by month, ``behind`` (due) and ``front`` (collected), with a table.

    Each row has ``label``, ``behind``, ``front`` and maybe ``top``, the word above the bar.
    """
    chart = charts.bar_chart(
        [
            (
                str(row["label"]),
                Decimal(row["behind"]),
                Decimal(row["front"]),
                str(row.get("top", "")),
            )
            for row in rows
        ]
    )
    return {"chart": chart, "caption": caption, "behind": behind, "front": front}


@register.filter
def as_json(value: object) -> str:
    """Return JSON for an ``hx-vals`` attribute."""
    return json.dumps(value, ensure_ascii=False, default=str)

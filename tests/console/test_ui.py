"""The component tags: what they render and what they escape."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from console import charts
from console.inputs import DayField, MoneyField
from console.tones import tone_of


def render(source: str, **context: Any) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


class Sample(forms.Form):
    price = MoneyField(label="Price", help_text="Per month.")
    starts_on = DayField(label="Starts on", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("A", "A"), ("B", "B")])
    agreed = forms.BooleanField(label="Agreed", required=False)
    way = forms.ChoiceField(label="Way", choices=[("1", "One")], widget=forms.RadioSelect)


@pytest.mark.parametrize(
    ("code", "tone"),
    [("PAID", "ok"), ("overdue", "bad"), ("in-progress", "info"), ("DRAFT", ""), ("NOBODY", "")],
)
def test_tone_of_a_state(code: str, tone: str) -> None:
    assert tone_of(code) == tone


def test_words_are_escaped() -> None:
    html = render("{% chip text 'bad' %}{% avatar text %}{% kbd text %}", text="<x>")

    assert "<x>" not in html
    assert "&lt;x&gt;" in html


def test_field_is_tied_to_its_label_hint_and_error() -> None:
    form = Sample({"price": "12.345"})
    html = render("{% money_input form.price %}", form=form)

    assert '<label for="id_price">Price' in html
    assert 'aria-describedby="id_price_helptext id_price_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'inputmode="decimal"' in html
    assert 'id="id_price_helptext">Per month.' in html
    assert 'id="id_price_error"' in html


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("kind", r'<select name="kind" class="form-select"'),
        ("starts_on", r'<input type="date" name="starts_on" class="form-control"'),
        ("agreed", r'<label class="flex" for="id_agreed"><input type="checkbox"[^>]*class="ck"'),
        ("way", r'<fieldset class="field\s*"[^>]*><legend class="lbl">Way'),
    ],
)
def test_field_knows_its_control(name: str, pattern: str) -> None:
    html = render("{% field field %}", field=Sample()[name])

    assert re.search(pattern, html), html


def test_a_hidden_field_has_no_label() -> None:
    class Marked(forms.Form):
        seen = forms.CharField(widget=forms.HiddenInput)

    html = render("{% field field %}", field=Marked(initial={"seen": "7"})["seen"])

    assert html.strip() == '<input type="hidden" name="seen" value="7" id="id_seen">'


def test_field_takes_further_attributes() -> None:
    html = render("{% field field hint='Why' autofocus=True data_scan_field=True %}",
                  field=Sample()["kind"])  # fmt: skip

    assert "autofocus" in html
    assert "data-scan-field" in html
    assert "Why" in html


def test_errors_are_summed_up_with_links() -> None:
    form = Sample({"kind": "A", "way": "1"})
    form.is_valid()
    form.add_error(None, "Both at once is not possible.")
    html = render("{% form_errors form %}", form=form)

    assert 'role="alert"' in html
    assert '<a href="#id_price">Price</a>' in html
    assert "Both at once is not possible." in html
    assert render("{% form_errors form %}", form=Sample()).strip() == ""


@pytest.mark.parametrize(
    ("text", "amount"), [("￥２,３００．５", "2300.5"), ("0.01", "0.01"), ("1,000", "1000")]
)
def test_money_field_reads_what_people_type(text: str, amount: str) -> None:
    assert MoneyField().clean(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["0", "-5", "1.234", "abc", "1e3", "9999999999999.99", "NaN"])
def test_money_field_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(text)


def test_block_tags_keep_html_and_escape_arguments() -> None:
    html = render(
        "{% page_header title meta=facts %}<button>Go</button>{% end_page_header %}"
        "{% empty_state title text 'route' %}<a>Start</a>{% end_empty_state %}"
        "{% note 'bad' %}<b>5</b> {{ title }}{% end_note %}",
        title="<t>", text="<u>", facts=["<f>"],
    )  # fmt: skip

    assert "<button>Go</button>" in html
    assert "<a>Start</a>" in html
    assert "<b>5</b> &lt;t&gt;" in html
    assert not re.search(r"<[tuf]>", html)


def test_pagination_keeps_the_query_and_elides() -> None:
    request = RequestFactory().get("/x/?kind=SHOP&page=5")
    page = Paginator(range(1000), 50).page(5)
    source = engines["django"].from_string("{% load ui %}{% pagination page %}")
    html = source.render({"page": page}, request)

    assert 'href="?kind=SHOP&amp;page=4" rel="prev"' in html
    assert '<span aria-current="page">5</span>' in html
    assert re.findall(r'aria-label="Page (\d+)"', html) == ["1", "4", "6", "20"]


def test_progress_bar_never_leaves_its_frame() -> None:
    html = render("{% progress 120 100 'Run' 10 %}")

    assert 'aria-valuenow="100"' in html
    assert 'class="fill-ok" width="100.00"' in html
    assert 'width="0.00"' in html


def test_stripe_shares_the_whole_and_ignores_what_is_not_positive() -> None:
    segments = charts.stripe([("a", Decimal(1)), ("b", Decimal(-5)), ("c", Decimal(3))])

    assert [(s.x, s.width, str(s.percent)) for s in segments] == [
        ("0", "25", "25.0"), ("25.4", "0", "0.0"), ("25.4", "74.6", "75.0"),
    ]  # fmt: skip
    assert [s.percent for s in charts.stripe([("a", Decimal(0))])] == [Decimal(0)]


@pytest.mark.parametrize(
    ("peak", "labels"),
    [
        ("0", ["0", "1"]),
        ("44", ["0", "10", "20", "30", "40", "50"]),
        ("100", ["0", "20", "40", "60", "80", "100"]),
        ("0.7", ["0", "0.2", "0.4", "0.6", "0.8"]),
        ("481236", ["0", "100,000", "200,000", "300,000", "400,000", "500,000"]),
    ],
)
def test_bar_chart_scale_is_round_and_covers_the_peak(peak: str, labels: list[str]) -> None:
    chart = charts.bar_chart([("11", Decimal(peak), Decimal(0), "")])

    assert [line.label for line in chart.lines] == labels


def test_bar_chart_draws_from_the_floor() -> None:
    bar = charts.bar_chart(
        [("1", Decimal(50), Decimal(25), "50%"), ("2", Decimal(0), Decimal(0), "")]
    )

    first, second = bar.bars
    assert (first.behind_y, first.behind_height) == ("22", "132")
    assert (first.front_y, first.front_height) == ("88", "66")
    assert (second.front_height, second.is_last) == ("0", True)


def test_chart_has_a_table_for_those_who_do_not_see_it() -> None:
    html = render(
        "{% bar_chart rows 'By month' 'Due' 'Collected' %}{% ageing ages 'By age' %}",
        rows=[{"label": "1", "behind": 44, "front": 42, "top": "95%"}],
        ages=[{"label": "0–30", "amount": Decimal("98214.60"), "count": 86}],
    )

    assert "<caption>By month</caption>" in html
    assert re.search(r'<th scope="row">1</th><td>44</td><td>42</td>', html)
    assert re.search(r'<caption class="vh">By age</caption>', html)
    assert "98,214.60" in html

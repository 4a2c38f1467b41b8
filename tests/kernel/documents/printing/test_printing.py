"""Papers as PDF, and the templates that a company edits."""

import threading
import time
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from kernel import access
from kernel.access.actors import Actor
from kernel.audit.models import AuditEntry
from kernel.documents import printing
from kernel.documents.models import PrintTemplate
from kernel.documents.printing import kinds, markup, operations, queries, setting
from kernel.errors import NotFound
from tenants.companies.models import Company
from tests.factories import NOW, add_actor
from tests.factories_properties import add_project
from tests.kernel.documents.printing.pdf import fonts_of, pages_of

LETTER = {
    "company": "青禾物业服务有限公司",
    "number": "QH-1",
    "addressee": "业主委员会",
    "subject": "关于电梯检验的函",
    "body": "　　检验时间：11月25日。",
}


@pytest.fixture
def admin(tenant: Company) -> Actor:
    return add_actor("xujing", "company_admin")


def test_a_letter_is_set_in_chinese_with_its_font_in_it(tenant: Company) -> None:
    pdf = printing.render(kind="letter", context=LETTER, language="zh-hans")

    (page,) = pages_of(pdf)
    assert "关于电梯检验的函" in page
    assert "检验时间：11月25日。" in page
    assert "第1页，共1页" in page
    assert all("NotoSansSC" in name for name in fonts_of(pdf))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_standard_template_prints_its_sample(tenant: Company, language: str) -> None:
    for kind in kinds.all_kinds():
        pdf = printing.render(kind=kind.key, context=kind.sample(), language=language)

        assert "{{" not in "".join(pages_of(pdf)), kind.key


def test_a_long_list_goes_over_pages_that_are_counted(tenant: Company) -> None:
    facts = [{"name": f"项{number}", "value": "x"} for number in range(120)]

    pages = pages_of(
        printing.render(kind="approval-case", context={"facts": facts}, language="zh-hans")
    )

    assert len(pages) > 2
    assert f"第1页，共{len(pages)}页" in pages[0]
    assert "事项内容" in pages[1]  # the head stands on every page


def test_a_watermark_lies_on_every_page(tenant: Company) -> None:
    facts = [{"name": "x", "value": "x"}] * 120
    pages = pages_of(
        printing.render(
            kind="approval-case", context={"facts": facts}, language="zh-hans", watermark="作废"
        )
    )

    assert all("作废" in page for page in pages)


@pytest.mark.parametrize(
    "value", ['#read("/etc/passwd")', "#include \"x.typ\"", "$ integral $", "\\u{41}", "*x* _y_"]
)  # fmt: skip
def test_what_typst_would_run_is_printed_as_it_stands(tenant: Company, value: str) -> None:
    (page,) = pages_of(
        printing.render(kind="letter", context={**LETTER, "subject": value}, language="en")
    )

    assert "".join(value.split()) in page
    assert "root:" not in page


def test_the_same_paper_is_the_same_bytes(tenant: Company) -> None:
    one = printing.render(kind="letter", context=LETTER, language="zh-hans")

    assert printing.render(kind="letter", context=LETTER, language="zh-hans") == one


def test_the_longest_paper_is_set_in_bounded_time(tenant: Company) -> None:

    blocks = markup.fill(
        markup.parse(
            "{{#lines}}\n| {{ item }} | {{ item }} | {{ item }} |\n{{/lines}}",
            markup.Fields(frozenset(), {"lines": frozenset({"item"})}),
        ),
        {"lines": [{"item": "物业服务费，" * 8}] * 2000},
    )
    begin = time.process_time()  # not the neighbours'
    pdf = setting.set_pdf(blocks, title="x", language="zh-hans", paper="a4")

    assert time.process_time() - begin < 10
    assert pdf.startswith(b"%PDF-")


def test_threads_print_at_the_same_time(tenant: Company) -> None:
    made: list[bytes] = []

    def work(number: int) -> None:
        blocks = markup.fill(
            markup.parse("# {{ n }}", markup.Fields(frozenset({"n"}), {})), {"n": f"号{number}"}
        )
        made.append(setting.set_pdf(blocks, title="x", language="zh-hans", paper="a5"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {pages_of(pdf)[0] for pdf in made} == {f"号{number}" for number in range(4)}


def save(actor: Actor, body: str, **values: Any) -> PrintTemplate:
    return operations.save_template(
        **{
            "actor": actor,
            "kind": "letter",
            "language": "zh-hans",
            "body": body,
            "seen_version": 0,
            "now": NOW,
            **values,
        }
    )


def test_a_companys_own_template_is_in_force_until_it_is_reset(admin: Actor) -> None:
    save(admin, "# 本公司的函：{{ subject }}")
    own = pages_of(printing.render(kind="letter", context=LETTER, language="zh-hans"))
    english = pages_of(printing.render(kind="letter", context=LETTER, language="en"))
    operations.reset_template(
        actor=admin, kind="letter", language="zh-hans", seen_version=1, now=NOW
    )
    standard = pages_of(printing.render(kind="letter", context=LETTER, language="zh-hans"))

    assert own == ["本公司的函：关于电梯检验的函"]
    assert "Page1of1" in english[0]
    assert "第1页，共1页" in standard[0]
    versions = queries.versions(actor=admin, kind="letter", language="zh-hans")
    assert [(row.version, bool(row.body)) for row in versions] == [(2, False), (1, True)]
    assert AuditEntry.objects.filter(event__startswith="documents.template.").count() == 2


def in_force(project_id: int | None) -> tuple[str, str]:
    found = queries.template_of(kinds.kind_named("letter"), "zh-hans", project_id)
    return found.origin.value, found.body


def test_a_project_overrides_the_company_until_it_gives_way(admin: Actor) -> None:
    own, other = (add_project(code, code).pk for code in ("YL", "HB"))
    standard = kinds.kind_named("letter").standard("zh-hans")

    save(admin, "# 项目", project_id=own)
    assert (in_force(own), in_force(other)) == (("PROJECT", "# 项目"), ("STANDARD", standard))
    save(admin, "# 公司")
    assert (in_force(own), in_force(other), in_force(None)) == (
        ("PROJECT", "# 项目"),
        ("COMPANY", "# 公司"),
        ("COMPANY", "# 公司"),
    )
    pages = [
        pages_of(printing.render(kind="letter", context=LETTER, language="zh-hans", project_id=pk))
        for pk in (own, other)
    ]
    assert pages == [["项目"], ["公司"]]
    assert queries.projects_apart(actor=admin, kind="letter", language="zh-hans") == [own]

    operations.reset_template(
        actor=admin, kind="letter", language="zh-hans", project_id=own, seen_version=1, now=NOW
    )
    assert in_force(own) == ("COMPANY", "# 公司")
    assert queries.projects_apart(actor=admin, kind="letter", language="zh-hans") == []
    entry = AuditEntry.objects.latest("pk")
    assert (entry.event, entry.project_id) == ("documents.template.reset", own)


def test_what_was_never_overridden_cannot_give_way(admin: Actor) -> None:
    project = add_project("YL", "云麓花园")
    save(admin, "# 公司")

    with pytest.raises(operations.NothingToReset):
        operations.reset_template(
            actor=admin,
            kind="letter",
            language="zh-hans",
            project_id=project.pk,
            seen_version=0,
            now=NOW,
        )
    assert PrintTemplate.objects.count() == 1


def test_a_projects_administrator_changes_his_project_only(admin: Actor) -> None:
    own, other = (add_project(code, code).pk for code in ("YL", "HB"))
    local = access.Actor(
        label="local",
        user_id=1,
        grants=frozenset({access.Grant(access.Action.COMPANY_CONFIGURE, own)}),
    )

    save(local, "# 项目", project_id=own)
    with pytest.raises(access.ActionDenied):
        save(local, "# 公司")
    with pytest.raises(NotFound):
        save(local, "# 别的", project_id=other)
    with pytest.raises(NotFound):
        queries.templates(actor=local, project_id=other)
    assert [(row.project_id, row.body) for row in PrintTemplate.objects.all()] == [(own, "# 项目")]


def test_the_list_of_templates_costs_one_query(
    admin: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    project = add_project("YL", "云麓花园")
    save(admin, "# 公司")
    save(admin, "# 项目", project_id=project.pk)

    with django_assert_num_queries(1):
        found = queries.templates(actor=admin, project_id=project.pk)

    assert len(found) == 2 * len(kinds.all_kinds())


@pytest.mark.parametrize("body", ["", "  \n", "{{ secret }}", "{{#lines}}", "x" * 20_001])
def test_what_is_no_template_is_not_kept(admin: Actor, body: str) -> None:
    with pytest.raises(markup.TemplateInvalid):
        save(admin, body)
    assert PrintTemplate.objects.count() == 0


def test_two_people_do_not_overwrite_each_other(admin: Actor) -> None:
    save(admin, "# one")

    with pytest.raises(operations.TemplateChanged):
        save(admin, "# two")
    with pytest.raises(operations.TemplateChanged):
        operations.reset_template(
            actor=admin, kind="letter", language="zh-hans", seen_version=0, now=NOW
        )
    assert PrintTemplate.objects.count() == 1


def test_only_the_administrator_sees_and_changes_templates(tenant: Company) -> None:
    manager = add_actor("fangqiming", "property_manager")

    with pytest.raises(access.ActionDenied):
        save(manager, "# x")
    with pytest.raises(access.ActionDenied):
        operations.preview(actor=manager, kind="letter", language="en", body="# x")
    with pytest.raises(access.ActionDenied):
        queries.templates(actor=manager)
    assert PrintTemplate.objects.count() == 0


@pytest.mark.parametrize(("kind", "language"), [("nothing", "en"), ("letter", "xx")])
def test_a_paper_or_language_there_is_not(admin: Actor, kind: str, language: str) -> None:
    with pytest.raises(NotFound):
        save(admin, "# x", kind=kind, language=language)


def test_a_preview_shows_samples_and_keeps_nothing(admin: Actor) -> None:
    (page,) = pages_of(
        operations.preview(actor=admin, kind="letter", language="en", body="# {{ subject }}")
    )

    assert "关于电梯年度检验的函" in page
    assert "SAMPLE" in page
    assert PrintTemplate.objects.count() == 0


@pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.key)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_sign_of_the_language_is_left_on_a_standard_paper(
    tenant: Company, kind: kinds.PrintKind, language: str
) -> None:
    page = "".join(
        pages_of(printing.render(kind=kind.key, context=kind.sample(), language=language))
    )

    for sign in (":-", "-:", "|", "{{", "}}", "**", "@@", "~~~"):
        assert sign not in page, sign

"""``guanjia import`` on the real files."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel.imports.models import BatchState, ImportBatch
from kernel.tabular.read import read
from services.billing.metering.models import Reading
from services.properties.models import Project, Unit
from tests.factories import NOW, add_user

DATA = Path(__file__).parent.parent / "data" / "yunlu-garden"
LEDGER, READINGS = DATA / "房屋业主台账.xlsx", DATA / "抄表记录_2026-10.csv"


@pytest.fixture
def project(tenant: object) -> Project:
    return Project.objects.create(code="YL", name="云麓花园", created_at=NOW)


def run(*arguments: object, **options: Any) -> str:
    out = StringIO()
    call_command("import", "alpha", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_without_commit_it_only_tells(project: Project, tmp_path: Path) -> None:
    annotated = tmp_path / "annotated.xlsx"

    told = run("unit-ledger", LEDGER, "--project", "yl", "--annotated", annotated)

    assert "accepted: 951" in told
    assert "rejected: 12" in told
    assert "x 263:" in told
    assert len(read(annotated.read_bytes()).sheets[0].rows) == 967
    assert not Unit.objects.exists()


def test_commit_and_undo(project: Project) -> None:
    run("unit-ledger", LEDGER, "--project", "YL", "--commit")
    told = run(
        "meter-readings", READINGS, "--project", "YL", "--option", "usage_month=2026-10", "--commit"
    )
    assert "exceptions': 17" in told
    assert (Unit.objects.count(), Reading.objects.count()) == (951 + 572, 927)

    ledger, readings = ImportBatch.objects.order_by("pk")
    with pytest.raises(CommandError, match="depends"):
        run("--undo", ledger.pk)
    run("--undo", readings.pk)
    run("--undo", ledger.pk)

    assert not Unit.objects.exists()
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {BatchState.UNDONE}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("unit-ledger", LEDGER), "--project"),
        (("unit-ledger", LEDGER, "--project", "XX"), "no project XX"),
        (("unit-ledger", "/nonexistent.xlsx", "--project", "YL"), "No such file"),
        (("unit-ledger", __file__, "--project", "YL"), "cannot be told"),
        (("meter-readings", READINGS, "--project", "YL"), "month of usage"),
        (("meter-readings", READINGS, "--project", "YL", "--option", "x"), "NAME=VALUE"),
        (("unit-ledger", LEDGER, "--project", "YL", "--as", "nobody"), "."),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    project: Project, arguments: tuple[object, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(*arguments)
    assert not Unit.objects.exists()


def test_a_person_without_the_permission_is_refused(project: Project) -> None:
    add_user("nobody")

    with pytest.raises(CommandError, match="Charging director"):
        run("unit-ledger", LEDGER, "--project", "YL", "--as", "nobody")


def test_an_unknown_company_is_refused(project: Project) -> None:
    with pytest.raises(CommandError):
        call_command("import", "gamma", "--undo", "1")

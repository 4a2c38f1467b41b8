import re
from pathlib import Path

import pytest
from django.db.models import ForeignObjectRel
from django.utils.translation import override

import kernel.tabular
from kernel.imports import messages
from kernel.imports.importer import importers
from kernel.imports.models import ImportProblem
from kernel.tabular import clean, delimited, ole, ooxml, parser_process, read, sniff


def source_of(module: object) -> str:
    return Path(str(getattr(module, "__file__", ""))).read_text()


CELL_CODES = sorted(set(re.findall(r'CellProblem\(\s*"([a-z-]+)"', source_of(clean))))
FILE_CODES = sorted(
    {
        code
        for module in (delimited, ole, ooxml, parser_process, read, sniff)
        for code in re.findall(r'"(file\.[a-z-]+)"', source_of(module))
    }
)


def test_the_codes_are_found_in_the_source() -> None:
    assert {"not-a-number", "impossible-date", "phone-invalid"} <= set(CELL_CODES)
    assert {"file.too-large", "file.zip-bomb", "file.encrypted"} <= set(FILE_CODES)
    assert kernel.tabular.__doc__


@pytest.mark.parametrize("code", CELL_CODES)
def test_every_problem_of_a_cell_has_a_sentence(code: str) -> None:
    problem = ImportProblem(row_number=4, field="name", code=code, raw="约90")

    with override("en"):
        sentence = messages.reason("test-buildings", problem)

    assert sentence.startswith("Name ")
    assert sentence != code


@pytest.mark.parametrize("code", FILE_CODES)
def test_every_refusal_of_a_file_has_a_sentence(code: str) -> None:
    with override("en"):
        sentence = messages.file_reason(code, {})

    assert sentence.endswith(".")
    assert code not in sentence


def test_an_importer_brings_its_own_sentences() -> None:
    problem = ImportProblem(
        row_number=4, field="code", code="code-too-long", raw="ABCDEFGHIJKL", params={"limit": 10}
    )

    assert messages.reason("test-buildings", problem) == "Code ABCDEFGHIJKL has more than 10 signs"


def test_a_percent_sign_in_a_cell_is_just_that() -> None:
    problem = ImportProblem(row_number=4, field="code", code="not-a-number", raw="90%(s)d")

    with override("en"):
        assert messages.reason("test-buildings", problem) == "Code is not a number: 90%(s)d"


def test_a_sentence_is_given_in_every_language() -> None:
    problem = ImportProblem(row_number=4, field="code", code="missing")

    assert set(messages.reasons("test-buildings", problem)) == {"zh-hans", "en"}


def test_what_can_stand_in_the_way_of_an_undo_has_a_name_for_people() -> None:
    related = {
        relation.related_model
        for importer in importers()
        for model in importer.creates
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many
    }

    owners = {model._meta.auto_created or model for model in related}
    assert len(owners) >= 13
    assert [owner for owner in owners if not getattr(owner, "plural", "")] == []

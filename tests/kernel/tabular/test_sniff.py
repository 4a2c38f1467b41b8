import resource
import time
from pathlib import Path

import pytest

from kernel.tabular.limits import Limits
from kernel.tabular.problems import FileRefused
from kernel.tabular.read import read
from kernel.tabular.sniff import FileKind, check_size, sniff
from tests.data import bad_files
from tests.data.xls_writer import write_xls

REAL = Path(__file__).parents[2] / "data" / "yunlu-garden"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ((REAL / "房屋业主台账.xlsx").read_bytes(), FileKind.XLSX),
        ((REAL / "抄表记录_2026-10.csv").read_bytes(), FileKind.CSV),
        (write_xls([["房号"], ["0101"]]), FileKind.XLS),
        (bad_files.far_format_only(), FileKind.XLSX),
        (b"BM,\xe9\x9d\xa2\n1,2\n", FileKind.CSV),
        ("房号\t面积\n".encode("utf-16"), FileKind.CSV),
    ],
    ids=["ledger", "readings", "xls", "formats reach far", "text like a bitmap", "utf-16"],
)
def test_tables_are_told_apart_by_content(content: bytes, kind: FileKind) -> None:
    assert sniff(content) == kind


@pytest.mark.parametrize(
    ("build", "code"),
    [(build, code) for _, build, code in bad_files.REFUSED],
    ids=[name for name, _, _ in bad_files.REFUSED],
)
def test_what_cannot_be_read_is_refused_fast_and_in_bounded_memory(
    build: bad_files.Build, code: str
) -> None:
    content = build()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()  # not the neighbours'

    with pytest.raises(FileRefused) as refusal:
        read(content)

    assert refusal.value.code == code
    assert time.process_time() - started < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024


@pytest.mark.parametrize(
    ("build", "code"),
    [(build, code) for _, build, code in bad_files.REFUSED_BY_PARSER],
    ids=[name for name, _, _ in bad_files.REFUSED_BY_PARSER],
)
def test_what_only_the_parser_stumbles_over_is_refused(build: bad_files.Build, code: str) -> None:
    content = build()
    sniff(content)

    with pytest.raises(FileRefused) as refusal:
        read(content)

    assert refusal.value.code == code


def test_size_is_judged_before_the_file_is_read() -> None:
    limits = Limits(file_bytes=10)

    check_size(10, limits)

    with pytest.raises(FileRefused) as refusal:
        check_size(11, limits)
    assert refusal.value.code == "file.too-large"


def test_a_larger_limit_lets_the_same_file_pass() -> None:
    rows = [["房号"], *([f"{number:04d}"] for number in range(60))]
    content = bad_files.xlsx(rows)

    with pytest.raises(FileRefused):
        sniff(content, Limits(rows=60))
    assert sniff(content, Limits(rows=61)) is FileKind.XLSX

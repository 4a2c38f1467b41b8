"""Read an uploaded table into rows of plain values, each at its original row number."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

from kernel.tabular import delimited
from kernel.tabular.cells import Row
from kernel.tabular.limits import DEFAULT_LIMITS, Limits
from kernel.tabular.problems import FileRefused
from kernel.tabular.sniff import FileKind, sniff

_PARSER = Path(__file__).with_name("parser_process.py")
# Starting and stopping a process is seconds at worst on a loaded machine.
_GRACE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: ``rows[0]`` is row 1 of the file. Rows may be shorter than the widest one."""

    name: str
    rows: list[Row]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    kind: FileKind
    sheets: list[Sheet] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""


def read(content: bytes, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Read every sheet of a file.

    Numbers come as ``int`` or ``Decimal`` exactly as shown by the program that wrote them, dates as
    dates, empty cells and error values (``#REF!``) as None.

    :raises FileRefused: if it is no readable table, or larger than ``limits``.
    """
    kind = sniff(content, limits)
    if kind is FileKind.CSV:
        text, encoding = delimited.decode(content)
        delimiter = delimited.find_delimiter(text)
        rows = delimited.parse(text, delimiter, limits)
        return Workbook(kind, [Sheet("", rows)], encoding, delimiter)
    return Workbook(kind, _parse(content, limits))


def _parse(content: bytes, limits: Limits) -> list[Sheet]:
    command = [
        *(sys.executable, "-I", str(_PARSER)),
        *map(str, (limits.parser_bytes, limits.parser_seconds)),
        *map(str, (limits.rows, limits.columns, limits.cells)),
    ]
    with _in_memory() as source:
        source.write(content)
        source.seek(0)
        with subprocess.Popen(  # noqa: S603 - our own file and whole numbers
            command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            deadline = threading.Timer(limits.parser_seconds + _GRACE_SECONDS, process.kill)
            deadline.start()
            try:
                return _receive(cast("IO[bytes]", process.stdout), limits)
            finally:
                deadline.cancel()
                process.kill()


def _in_memory() -> IO[bytes]:
    """Return a file for the parser to read, which lies on no disk where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("table"), "w+b")
    return tempfile.TemporaryFile()


def _receive(lines: IO[bytes], limits: Limits) -> list[Sheet]:
    sheets: list[Sheet] = []
    for line in lines:
        try:
            message = _DECODER.decode(line.decode())
        except ValueError as error:  # killed in the middle of a line
            raise FileRefused("file.too-complex") from error
        if isinstance(message, list):
            sheets[-1].rows.extend(message)
        elif "sheet" in message:
            sheets.append(Sheet(message["sheet"], [], message["hidden"]))
        elif "refused" in message:
            raise FileRefused(message["refused"], limit=limits.rows)
        else:
            return sheets
    # The parser was stopped by a limit, or fell over what it read.
    raise FileRefused("file.too-complex")


def _revive(value: dict[str, Any]) -> Any:
    """Turn the parser's one-key objects back into dates; leave its messages alone."""
    if "date" in value:
        return date.fromisoformat(value["date"])
    if "datetime" in value:
        return datetime.fromisoformat(value["datetime"])
    if "time" in value:
        return time.fromisoformat(value["time"])
    if "seconds" in value:
        return timedelta(seconds=float(value["seconds"]))
    return value


_DECODER = json.JSONDecoder(object_hook=_revive, parse_float=Decimal)

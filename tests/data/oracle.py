"""November 2026 of 云麓花园 worked out a second time, from the files alone.

Nothing of the product is imported here: a zip and an XML parser, ``csv`` and ``Decimal``. Which
rows are no good is what ``answers.json`` says by hand.
"""

import csv
import io
import json
import re
import unicodedata
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

FILES = Path(__file__).parent / "yunlu-garden"
LEDGER = FILES / "房屋业主台账.xlsx"
READINGS = FILES / "抄表记录_2026-10.csv"
CENT = Decimal("0.01")
# Up to and with so many m³, at so much: October's usage.
SLABS = (
    (Decimal(0), Decimal(14), Decimal("2.90")),
    (Decimal(14), Decimal(24), Decimal("3.85")),
    (Decimal(24), None, Decimal("6.70")),
)
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Bill(NamedTuple):
    room: str
    item: str
    amount: Decimal


def bills() -> list[Bill]:
    """Return every bill of the month, by room and item."""
    return sorted([*_property_fees(), *_parking_fees(), *_water()])


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def water(cubic_metres: Decimal) -> Decimal:
    """Return the price of a household's month, slab by slab."""
    total = Decimal(0)
    for above, up_to, price in SLABS:
        if cubic_metres > above:
            top = cubic_metres if up_to is None else min(cubic_metres, up_to)
            total += (top - above) * price
    return cents(total)


def _answers() -> dict[str, list[dict[str, int]]]:
    answers: dict[str, list[dict[str, int]]] = json.loads((FILES / "answers.json").read_text())
    return answers


def _property_fees() -> list[Bill]:
    found = []
    for row in _rooms():
        area = Decimal(row["建筑面积(㎡)"].removesuffix("㎡").strip())
        if row["用途"] == "商铺":
            amount = cents(area * Decimal("6.50"))
        else:
            amount = cents(area * Decimal("2.80"))
            if row["房屋状态"] in {"空置", "未售"}:
                amount = cents(amount * Decimal("0.70"))
        found.append(Bill(_room(row), "WYF", amount))
    return found


def _parking_fees() -> list[Bill]:
    return [Bill(row["车位号"], "CWF", Decimal("60.00")) for row in _rooms() if row.get("车位号")]


def _water() -> list[Bill]:
    exceptions = {entry["row"] for entry in _answers()["meter_exceptions"]}
    text = READINGS.read_bytes().decode("gb18030")
    found = []
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if number not in exceptions:
            used = Decimal(row["本次读数"]) - Decimal(row["上次读数"])
            found.append(Bill(row["房号"], "SF", water(used)))
    return found


def _rooms() -> list[dict[str, str]]:
    bad = {entry["row"] for entry in _answers()["rejected"]}
    rows = _sheet()
    header_row = next(number for number, cells in rows.items() if "房号" in cells.values())
    header = rows[header_row]
    return [
        {header[column]: value for column, value in cells.items() if column in header}
        for number, cells in rows.items()
        if number > header_row and number not in bad and cells.get("A") != "合计"
    ]


def _room(row: dict[str, str]) -> str:
    building, entrance = row["楼栋"].removesuffix("栋"), row.get("单元", "")
    return "-".join(part for part in (building, entrance.removesuffix("单元"), row["房号"]) if part)


def _sheet() -> dict[int, dict[str, str]]:
    """Return the cells of the only sheet as texts of one width, by row number and column."""
    with zipfile.ZipFile(LEDGER) as package:
        texts = []
        if "xl/sharedStrings.xml" in package.namelist():
            shared = ElementTree.fromstring(package.read("xl/sharedStrings.xml"))
            texts = [
                "".join(part.text or "" for part in entry.iter(f"{_NAMESPACE}t"))
                for entry in shared
            ]
        sheet = ElementTree.fromstring(package.read("xl/worksheets/sheet1.xml"))
    rows: dict[int, dict[str, str]] = {}
    for cell in sheet.iter(f"{_NAMESPACE}c"):
        place = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.get("r", ""))
        value = cell.find(f"{_NAMESPACE}v")
        if cell.get("t") == "inlineStr":
            text = "".join(part.text or "" for part in cell.iter(f"{_NAMESPACE}t"))
        else:
            text = "" if value is None else value.text or ""
            text = texts[int(text)] if cell.get("t") == "s" else text
        text = unicodedata.normalize("NFKC", text.replace("㎡", "§")).replace("§", "㎡").strip()
        if place and text:
            rows.setdefault(int(place[2]), {})[place[1]] = text
    return rows

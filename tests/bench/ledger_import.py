"""An import of a room-and-owner ledger beside calamine, COPY and INSERT … SELECT of its rows."""

import argparse
import csv
import io
import random
from datetime import date, timedelta
from typing import Any

import python_calamine
import xlsxwriter
from django.db import connection

from kernel.imports import operations
from kernel.imports.models import BatchState, ImportBatch
from services.properties.models import Unit
from tests.bench import world
from tests.bench.measure import Seconds, timed
from tests.data.make_ledger import identity
from tests.factories import add_actor

GOAL = 0.5
COLUMNS = (
    "楼栋", "单元", "房号", "建筑面积", "套内面积", "房屋用途", "业主姓名", "身份证号", "联系电话",
    "交付日期", "房屋状态", "车位号", "车牌号", "备注",
)  # fmt: skip
_PLATE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 50_000])


def run(options: argparse.Namespace) -> None:
    with world.fresh_company():
        actor = add_actor("xu", "company_admin")
        print(
            f"{'rows':>7} {'floor':>8} {'rehearse':>9} {'commit':>8} {'again':>8} {'rows/s':>8}"
            f" {'ratio':>6} {'both':>6}   processor: {'floor':>7} {'commit':>8} {'ratio':>6}"
            f" {'both':>6}"
        )
        for rows in options.rows:
            report(rows, actor)


def report(count: int, actor: Any) -> None:
    content = ledger(count)
    floors = [_floor(content, f"F{count}-{attempt}") for attempt in range(2)]
    floor = min(floors, key=lambda seconds: seconds.clock)
    project_id = world.bare_project(f"P{count}")
    upload: dict[str, Any] = {
        "actor": actor,
        "kind": "unit-ledger",
        "project_id": project_id,
        "file_name": "ledger.xlsx",
        "content": content,
        "options": {},
        "now": world.NOW,
        "is_patient": True,
    }
    rehearsal, batch = timed(lambda: operations.upload(**upload))
    commit, _batch = timed(lambda: _commit(actor, batch))
    both = rehearsal + commit
    made = Unit.objects.filter(project_id=project_id, import_batch_id=batch.pk)
    assert made.exclude(building=None).count() == count, batch.counts
    world.analyse()
    again, second = timed(lambda: operations.upload(**upload))
    assert second.counts["unchanged"] == count, second.counts
    print(
        f"{count:>7} {floor.clock:>7.2f}s {rehearsal.clock:>8.2f}s {commit.clock:>7.2f}s"
        f" {again.clock:>7.2f}s {count / commit.clock:>8,.0f} {floor.clock / commit.clock:>6.2f}"
        f" {floor.clock / both.clock:>6.2f}              {floor.processor:>6.2f}s"
        f" {commit.processor:>7.2f}s {floor.processor / commit.processor:>6.2f}"
        f" {floor.processor / both.processor:>6.2f}"
    )


def _floor(content: bytes, code: str) -> Seconds:
    project_id = world.bare_project(code)
    seconds, _none = timed(lambda: raw_import(content, project_id))
    world.analyse()
    return seconds


def _commit(actor: Any, batch: ImportBatch) -> ImportBatch:
    done = operations.commit(actor=actor, batch_id=batch.pk, now=world.NOW, is_patient=True)
    assert done.state == BatchState.COMMITTED
    return done


def ledger(count: int) -> bytes:
    """Return a ledger as xlsx: 60 rooms an entrance, one owner in twenty with two rooms."""
    chance = random.Random(count)
    buffer = io.BytesIO()
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("业主信息")
        sheet.write_row(0, 0, COLUMNS)
        owner = _owner(chance, 0)
        for index in range(count):
            if index % 20:  # else the one before has two rooms
                owner = _owner(chance, index)
            sheet.write_row(index + 1, 0, _row(chance, index, count, owner))
    return buffer.getvalue()


def _owner(chance: random.Random, index: int) -> tuple[str, str, str]:
    birthday = date(1950, 1, 1) + timedelta(days=index * 7919 % 18_000)
    name = chance.choice(world.SURNAMES) + "".join(
        chance.choices(world.GIVEN, k=chance.choice((1, 2, 2)))
    )
    number = identity(f"{birthday:%Y%m%d}", index % 1000)
    return name, number, f"1{38 + index % 2}{index:08d}"


def _row(
    chance: random.Random, index: int, count: int, owner: tuple[str, str, str]
) -> tuple[Any, ...]:
    entrance, room = divmod(index, 60)
    building, stair = divmod(entrance, 2)
    area = round(chance.uniform(60, 160), 2)
    has_space = index % 5 < 3
    return (
        f"{building + 1}栋", f"{stair + 1}单元", f"{room // 2 + 1:02d}0{room % 2 + 1}",
        area, round(area * 0.8, 2), "住宅", *owner,
        date(2020, 1, 1) + timedelta(days=index % 900),
        "自住" if index % 9 else "空置",
        f"{'B1' if index < count / 2 else 'B2'}-{index:05d}" if has_space else None,
        f"浙A{''.join(chance.choices(_PLATE_SIGNS[:24], k=1))}{index:05d}" if has_space else None,
        None,
    )  # fmt: skip


def raw_import(content: bytes, project_id: int) -> None:
    """Do what the import does with rows that need no look: read, COPY, spread in SQL.

    No process for the parser, no cleaning, no check, no pinyin, no encryption; the same tables
    with their keys, indexes and triggers.
    """
    sheet = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0)
    lines = io.StringIO()
    csv.writer(lines).writerows(sheet.to_python()[1:])
    lines.seek(0)
    names = ", ".join(f"c{number} text" for number in range(len(COLUMNS)))
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"CREATE TEMPORARY TABLE bench_ledger (n bigserial, {names}) ON COMMIT DROP")
        columns = ", ".join(f"c{number}" for number in range(len(COLUMNS)))
        cursor.copy_expert(f"COPY bench_ledger ({columns}) FROM STDIN WITH (FORMAT csv)", lines)
        cursor.execute(_SPREAD, {"project": project_id})
        cursor.execute("COMMIT")


# A new company's floor and product runs share its tables, hence the numbers' own beginning.
_SPREAD = """
INSERT INTO properties_building (project_id, name, code, sort_key)
SELECT DISTINCT %(project)s, c0, rtrim(c0, '栋'), lpad(rtrim(c0, '栋'), 6, '0') FROM bench_ledger;
ALTER TABLE bench_ledger ADD code text, ADD label text, ADD key text, ADD party bigint,
    ADD household bigint, ADD unit bigint, ADD space bigint;
UPDATE bench_ledger SET
    code = rtrim(c0, '栋') || '-' || rtrim(c1, '单元') || '-' || c2, label = c0 || c1 || c2,
    key = lpad(rtrim(c0, '栋'), 6, '0') || '-' || lpad(rtrim(c1, '单元'), 6, '0') || '-'
        || lpad(c2, 6, '0'),
    party = nextval('properties_party_id_seq'), household = nextval('properties_household_id_seq'),
    unit = nextval('properties_unit_id_seq'),
    space = CASE WHEN c11 IS NOT NULL THEN nextval('properties_unit_id_seq') END;
INSERT INTO properties_party (id, kind, name, initials, sort_key, id_number_encrypted,
    id_number_index, id_number_tail, phone_encrypted, phone_index, phone_head, phone_tail)
OVERRIDING SYSTEM VALUE
SELECT party, 'PERSON', c6, c6, c6, c7, 'F' || n || '-' || %(project)s, right(c7, 4), c8, c8,
    left(c8, 3), right(c8, 4) FROM bench_ledger;
INSERT INTO properties_household (id, project_id, payer_id, label, code, sort_key)
OVERRIDING SYSTEM VALUE
SELECT household, %(project)s, party, label, code, key FROM bench_ledger;
INSERT INTO properties_unit (id, project_id, building_id, household_id, kind, state, entrance,
    number, code, label, sort_key, built_area, inner_area, handed_over_on, note, is_active)
OVERRIDING SYSTEM VALUE
SELECT s.unit, %(project)s, b.id, s.household, 'RESIDENCE', 'OWNER_OCCUPIED', rtrim(s.c1, '单元'),
    s.c2, s.code, s.label, s.key, s.c3::numeric, s.c4::numeric, s.c9::date, '', true
FROM bench_ledger s JOIN properties_building b ON b.project_id = %(project)s AND b.name = s.c0
UNION ALL
SELECT space, %(project)s, NULL, household, 'PARKING', 'OWNER_OCCUPIED', '', c11, c11, c11, c11,
    NULL, NULL, NULL, '', true FROM bench_ledger WHERE space IS NOT NULL;
INSERT INTO properties_occupancy (unit_id, party_id, role, is_contact)
SELECT unit, party, 'OWNER', true FROM bench_ledger;
INSERT INTO properties_vehicle (project_id, household_id, space_id, plate, is_active)
SELECT %(project)s, household, space, c12, true FROM bench_ledger WHERE space IS NOT NULL;
"""

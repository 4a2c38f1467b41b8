"""A company of any size, made in the database: what the benches work on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from kernel import seeds
from kernel.tenancy import tenant_connection
from services.properties.models import Project
from tenants.companies.models import Company
from tests import database

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PERIOD = date(2026, 11, 1)
USAGE_MONTH = date(2026, 10, 1)


@contextmanager
def fresh_company() -> Iterator[Company]:
    """Copy the tests' template database, put its company alpha in force, drop it at the end."""
    name = f"guanjia_bench_{os.getpid()}"
    database.copy_template(name)
    try:
        company = Company.objects.get(slug="alpha")
        tenant_connection.set_tenant(company)
        seeds.run_all(NOW)
        yield company
    finally:
        tenant_connection.set_schema_to_public()
        database.drop(name)


def join(database_name: str) -> Company:
    """Put alpha of an existing bench database in force, in a process of its own."""
    database.use(database_name)
    company: Company = Company.objects.get(slug="alpha")
    tenant_connection.set_tenant(company)
    return company


def add_project(code: str, units: int) -> int:
    """Add a project of ``units`` dwellings, one household, meter and reading each.

    Three fee items reach every unit: per m² with a reduced rate for vacant dwellings, a fixed
    one, and water in three tiers.
    """
    project_id = bare_project(code)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "project": project_id,
            "units": units,
            "now": NOW,
            "usage": USAGE_MONTH,
        }
        cursor.execute(_REGISTRY, values)
        cursor.execute(_STANDARDS, values)
    analyse()
    return project_id


def bare_project(code: str) -> int:
    """Add a project with nothing in it."""
    project = Project.objects.create(code=code, name=code, sort_key=code, created_at=NOW)
    return project.pk


def analyse() -> None:
    """Do what autovacuum does within a minute of an import."""
    database.execute("VACUUM ANALYZE", str(connection.settings_dict["NAME"]))


_REGISTRY = """
INSERT INTO properties_household (project_id, label, code, sort_key)
SELECT %(project)s, n || '室', '1-1-' || n, lpad(n::text, 9, '0')
FROM generate_series(1, %(units)s) n;
INSERT INTO properties_unit (project_id, household_id, kind, state, entrance, number, code, label,
    sort_key, built_area, note, is_active)
SELECT project_id, id, 'RESIDENCE', CASE id %% 9 WHEN 0 THEN 'VACANT' ELSE 'OWNER_OCCUPIED' END,
    '1', code, code, label, sort_key, 40 + (id * 7919 %% 12000) / 100.0, '', true
FROM properties_household WHERE project_id = %(project)s ORDER BY id;
INSERT INTO properties_meter (project_id, unit_id, kind, code, multiplier, is_active)
SELECT project_id, id, 'COLD_WATER', code || '-W', 1, true
FROM properties_unit WHERE project_id = %(project)s ORDER BY id;
INSERT INTO billing_reading (project_id, meter_id, usage_month, previous, current, read_on,
    reader_name, note, consumption, state, faults, resolution, reason, resolved_by_label,
    recorded_by_label, recorded_at)
SELECT project_id, id, %(usage)s, 100, 100 + id * 31 %% 37 + 1, '2026-10-27', '', '',
    id * 31 %% 37 + 1, 'ACCEPTED', '{}', '', '', '', 'bench', %(now)s
FROM properties_meter WHERE project_id = %(project)s ORDER BY id;
"""

_STANDARDS = """
INSERT INTO billing_feeitem (code, name, name_en, kind, is_agency, account_id, sort_order)
SELECT v.code, v.code, '', v.kind, false, a.id, 1
FROM (VALUES ('B-AREA', 'MANAGEMENT', '6001.01'), ('B-FIXED', 'PARKING_MANAGEMENT', '6001.03'),
             ('B-WATER', 'WATER', '2241.01')) v (code, kind, account)
JOIN billing_ledgeraccount a ON a.code = v.account
ON CONFLICT DO NOTHING;
INSERT INTO billing_feestandard (project_id, item_id, name, is_active, created_at)
SELECT %(project)s, id, code, true, %(now)s FROM billing_feeitem WHERE code LIKE 'B-%%' ORDER BY id;
INSERT INTO billing_feeversion (standard_id, number, state, method, area_basis, meter_kind, price,
    tiers, reduced_rate, reduced_states, usage_lag_months, valid_from, basis_note,
    drafted_by_label, drafted_at, confirmed_by_label)
SELECT s.id, 1, 'CONFIRMED', v.method, 'BUILT', v.meter, v.price, v.tiers::jsonb, v.rate,
    v.states, v.lag, '2026-01-01', '', 'bench', %(now)s, ''
FROM billing_feestandard s
JOIN (VALUES
    ('B-AREA', 'PER_AREA', '', 2.80, '[]', 0.7, ARRAY['VACANT'], 0),
    ('B-FIXED', 'FIXED', '', 60.00, '[]', 1, ARRAY[]::varchar[], 0),
    ('B-WATER', 'TIERED_METER', 'COLD_WATER', NULL,
     '[{"up_to": "14", "price": "2.90"}, {"up_to": "24", "price": "3.85"},'
     ' {"up_to": null, "price": "6.70"}]', 1, ARRAY[]::varchar[], 1)
) v (name, method, meter, price, tiers, rate, states, lag) ON v.name = s.name
WHERE s.project_id = %(project)s;
INSERT INTO billing_feeassignment (standard_id, kinds, states, is_excluded, valid_from, reason,
    state, drafted_by_label, drafted_at, confirmed_by_label)
SELECT id, ARRAY['RESIDENCE'], '{}', false, '2026-01-01', '', 'CONFIRMED', 'bench', %(now)s, ''
FROM billing_feestandard WHERE project_id = %(project)s;
"""


def add_people(project_id: int) -> None:
    """Add an owner with a phone to every dwelling of a project, and a vehicle to every second."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"project": project_id, "surnames": SURNAMES, "given": GIVEN})
    analyse()


def add_open_lines(project_id: int, months: int) -> None:
    """Bill every dwelling of a project for the last months; one bill in four is paid."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_LINES, {"project": project_id, "months": months, "period": PERIOD})
    analyse()


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰志红建文斌宇浩凯健俊帆雪晨欣怡子涵梓萱"

# Names of three characters; initials stand for them letter by letter. The phone's index is none
# that a search could hit: its last four digits are.
_PEOPLE = """
WITH new AS (
    SELECT id AS household_id, row_number() OVER (ORDER BY id) AS n
    FROM properties_household WHERE project_id = %(project)s AND payer_id IS NULL
), named AS (
    SELECT household_id, n, nextval('properties_party_id_seq') AS party_id,
        substr(%(surnames)s, (n %% 44 + 1)::int, 1)
        || substr(%(given)s, (n * 7 %% 46 + 1)::int, 1)
        || substr(%(given)s, (n * 31 / 46 %% 46 + 1)::int, 1) AS name
    FROM new
), party AS (
    INSERT INTO properties_party (id, kind, name, initials, sort_key, id_number_encrypted,
        id_number_index, id_number_tail, phone_encrypted, phone_index, phone_head, phone_tail)
    OVERRIDING SYSTEM VALUE
    SELECT party_id, 'PERSON', name,
        chr((97 + n %% 26)::int) || chr((97 + n * 7 %% 26)::int) || chr((97 + n * 31 %% 26)::int),
        name, '', 'B' || party_id, '', '', md5(party_id::text), '138',
        lpad((n * 7919 %% 10000)::text, 4, '0')
    FROM named RETURNING id
), payer AS (
    UPDATE properties_household h SET payer_id = named.party_id
    FROM named WHERE h.id = named.household_id RETURNING h.id
), vehicle AS (
    INSERT INTO properties_vehicle (project_id, household_id, plate, is_active)
    SELECT %(project)s, household_id, '浙A' || chr((65 + n %% 8)::int) || lpad(n::text, 6, '0'),
        true
    FROM named WHERE n %% 2 = 0 RETURNING id
)
INSERT INTO properties_occupancy (unit_id, party_id, role, is_contact)
SELECT u.id, named.party_id, 'OWNER', true
FROM named JOIN properties_unit u ON u.household_id = named.household_id;
"""

_OPEN_LINES = """
INSERT INTO billing_billrun (project_id, period, state, due_on, draft_lines, draft_amount, totals,
    skip_count, billed_before, prepared_by, prepared_by_label, prepared_at, checked_by,
    checked_by_label, check_note, posted_by_label, error)
SELECT %(project)s, p, 'POSTED', p + 24, 0, 0, '[]', 0, 0, 1, 'bench', p, 2, 'bench', '', 'bench',
    ''
FROM (
    SELECT day::date AS p FROM generate_series(
        %(period)s::date - make_interval(months => %(months)s - 1), %(period)s::date, '1 month'
    ) day
) month;
INSERT INTO billing_billline (run_id, project_id, household_id, unit_id, item_id, account_id,
    version_id, period, quantity, price, rate, amount, paid_amount, due_on, issued_on, is_reversed,
    reverse_reason)
SELECT r.id, u.project_id, u.household_id, u.id, s.item_id, i.account_id, v.id, r.period,
    u.built_area, v.price, 1, round(u.built_area * v.price, 2),
    CASE WHEN u.id %% 4 = 0 THEN round(u.built_area * v.price, 2) ELSE 0 END,
    r.due_on, r.period, false, ''
FROM billing_billrun r
JOIN properties_unit u ON u.project_id = r.project_id
JOIN billing_feestandard s ON s.project_id = r.project_id AND s.name = 'B-AREA'
JOIN billing_feeitem i ON i.id = s.item_id
JOIN billing_feeversion v ON v.standard_id = s.id
WHERE r.project_id = %(project)s;
"""

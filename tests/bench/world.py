"""A company of any size, made in the database: what the benches work on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.db import connection

from kernel import seeds
from kernel.tenancy import tenant_connection
from services.properties.models import Project
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
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
        values = {"project": project_id, "units": units, "now": NOW, "usage": USAGE_MONTH}
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
    with owner_cursor() as cursor:
        cursor.execute("ANALYZE")


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

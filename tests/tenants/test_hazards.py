"""What can bring two companies together, the rule against it, and the test that keeps the rule.

Each hazard was found by running it, here or by others with django-tenants, Django, DRF or Celery.
Each test named here has been seen to fail with its guard taken out; with extensions elsewhere not
even the template can be made. A test that is renamed or removed without its hazard being thought
of again fails here.
"""

import importlib
import json
import subprocess
import sys
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django_tenants.utils import tenant_context

from kernel.access.models import User
from kernel.tenancy import current_schema
from tenants.companies.models import Company
from tenants.provisioning import schema
from tests import factories
from tests.database import ROOT


class Hazard(NamedTuple):
    hazard: str
    rule: str
    tests: tuple[str, ...]  # module:test


HAZARDS = (
    # ---- the connection ----
    Hazard(
        "`with company:` keeps its stack in one list for all threads",
        "only tenant_context and schema_context; entering a company raises",
        (
            "tests.tenants.test_isolation:test_with_company_is_refused",
            "tests.tenants.test_isolation:test_activate_is_refused",
            "tests.test_conventions:test_rule_is_kept",
        ),
    ),
    Hazard(
        "a request or its failure leaves its company on the connection",
        "the outermost middleware puts public back, whatever happens",
        ("tests.config.test_middleware:test_200_requests_with_failures_leave_no_company_in_force",),
    ),
    Hazard(
        "a thread or worker that is used again still has the last company",
        "contexts around all work; a task trusts nothing it finds",
        (
            (
                "tests.kernel.test_work_and_companies:"
                "test_threads_that_are_used_again_keep_companies_apart"
            ),
        ),
    ),
    Hazard(
        "a stream is read after its request has ended",
        "each piece is made in its company, none between them",
        (
            (
                "tests.config.test_middleware:"
                "test_a_stream_is_read_in_its_company_and_leaves_none_behind"
            ),
        ),
    ),
    Hazard(
        "async code sees public where the company should be; a new thread as well",
        "WSGI only, no async, no threads of one's own",
        ("tests.test_conventions:test_rule_is_kept",),
    ),
    Hazard(
        "a commit hook runs in the company of the commit, not of its registration",
        "one helper that carries the company; the bare hook is banned everywhere",
        (
            (
                "tests.tenants.test_isolation:"
                "test_a_commit_hook_of_ours_keeps_its_company_and_the_bare_one_does_not"
            ),
            "tests.test_conventions:test_rule_is_kept",
            "tests.tenants.test_hazards:test_lint_refuses_what_carries_no_company",
        ),
    ),
    Hazard(
        "the remembered search path is stale after a rollback to a savepoint",
        "path and role are forgotten with the savepoint and sent anew",
        (
            (
                "tests.tenants.test_isolation:"
                "test_a_rolled_back_savepoint_takes_neither_path_nor_role_along"
            ),
        ),
    ),
    Hazard(
        "a pooler in transaction mode hands path and role to the next client",
        "a probe refuses to start behind one",
        ("tests.tenants.provisioning.test_probe:test_a_pooler_in_transaction_mode_is_refused",),
    ),
    Hazard(
        "a lazy object or queryset crosses into another company",
        "objects remember their schema; saving, following, refreshing elsewhere raises",
        ("tests.kernel.test_models:test_an_object_of_alpha_is_refused_in_beta",),
    ),
    # ---- the database ----
    Hazard(
        "a mistake in SQL reads another schema",
        "a role per company, set in the round trip of the path; the login role owns nothing",
        (
            "tests.tenants.test_isolation:test_the_role_of_a_company_cannot",
            "tests.tenants.test_hazards:test_the_login_role_owns_nothing",
            "tests.tenants.test_hazards:test_path_and_role_change_in_one_statement",
        ),
    ),
    Hazard(
        "a table missing in a company's schema is read from public",
        "no company's table in public; fingerprints compared at boot and after migrations",
        (
            (
                "tests.tenants.provisioning.test_fingerprint:"
                "test_a_missing_table_is_an_error_and_never_the_public_one"
            ),
            "tests.config.test_settings:test_no_table_of_a_company_is_in_public",
        ),
    ),
    Hazard(
        "an extension in a company's schema goes with that company",
        "extensions live in public",
        ("tests.tenants.test_isolation:test_extensions_live_in_public",),
    ),
    Hazard(
        "a schema name is a path, SQL or somebody's choice",
        "machine-made, checked by the database; the slug is another column",
        ("tests.tenants.test_isolation:test_the_database_refuses_a_schema_name_that_is_not_ours",),
    ),
    Hazard(
        "two primary host names of one company",
        "a constraint, not only save()",
        ("tests.tenants.test_isolation:test_a_company_has_one_primary_host_name",),
    ),
    Hazard(
        "a new company is cloned with the rows of another, password digests among them",
        "the template is replayed without rows; seeds fill it; the first password is by link",
        (
            (
                "tests.tenants.provisioning.test_setup:"
                "test_a_new_company_has_rows_only_where_seeds_put_them"
            ),
        ),
    ),
    # ---- tokens and caches ----
    Hazard(
        "tokens, links and sessions of one company are valid in another",
        "the company is in salt, key and session",
        (
            "tests.kernel.test_tenancy:test_a_signed_token_is_void_in_another_company",
            (
                "tests.console.accounts.test_hostile:"
                "test_a_link_is_void_in_a_company_cloned_from_this_one"
            ),
            (
                "tests.console.accounts.test_views:"
                "test_a_session_of_alpha_is_nobody_in_beta_even_if_its_row_is_copied"
            ),
            "tests.matrix.test_company_site:test_strangers_are_sent_to_the_door",
        ),
    ),
    Hazard(
        "a cache key, throttle or lock-out counts for two companies",
        "KEY_FUNCTION puts the schema into each key; lock-out rows lie in the schema",
        (
            "tests.kernel.test_tenancy:test_a_cached_value_is_not_seen_by_another_company",
            (
                "tests.tenants.test_isolation:"
                "test_a_limit_reached_in_one_company_is_not_reached_in_another"
            ),
            "tests.console.accounts.test_views:test_a_lock_in_alpha_does_not_lock_in_beta",
        ),
    ),
    Hazard(
        "a process remembers what it read for one company",
        "no cache of the process",
        ("tests.test_conventions:test_rule_is_kept",),
    ),
    Hazard(
        "a sibling sub-domain tosses cookies or posts forms",
        "__Host- names, no wildcard origins, no cookie domain",
        (
            "tests.config.test_settings:test_cookies_are_bound_to_one_host_by_name",
            "tests.config.test_middleware:test_a_form_from_another_companys_site_is_refused",
            "tests.matrix.test_hosts:test_nothing_is_done_without_the_forms_secret",
        ),
    ),
    Hazard(
        "an unknown or suspended host is served by a default company",
        "one plain 404 for all of them",
        ("tests.matrix.test_hosts:test_a_company_that_is_suspended_or_unknown_is_not_there",),
    ),
    # ---- work ----
    Hazard(
        "a task without, or with an unknown, company runs in public",
        "our task base refuses for good; headers are not believed",
        (
            (
                "tests.kernel.test_work_and_companies:"
                "test_a_message_of_no_company_at_work_runs_nothing"
            ),
            "tests.kernel.test_work_and_companies:test_headers_of_another_company_are_not_believed",
        ),
    ),
    Hazard(
        "one company's failure stops the scheduled work of all",
        "one message for each company",
        ("tests.kernel.test_work_and_companies:test_a_failure_in_one_company_stops_no_other",),
    ),
    Hazard(
        "Celery runs a task twice, or loses it",
        "a job is a row; the claim lets one worker through; the sweeper sends again",
        ("tests.kernel.test_jobs:test_two_workers_run_a_job_once",),
    ),
    Hazard(
        "a report or log line names the wrong company, or somebody's data",
        "the message's company is named; texts are scrubbed on their way out",
        (
            (
                "tests.config.test_observability:"
                "test_a_report_of_a_failed_task_names_the_company_of_its_message"
            ),
            (
                "tests.config.test_observability:"
                "test_a_report_of_a_failed_request_holds_no_link_no_search_and_no_row"
            ),
        ),
    ),
    # ---- input ----
    Hazard(
        "NaN is above every number, so a lower bound lets it in",
        "figures are bounded from above as well",
        ("tests.tenants.test_isolation:test_no_figure_of_a_bill_can_be_nan",),
    ),
    Hazard(
        "huge numbers, deep JSON, null bytes and bodies are server errors",
        "one handler; caps on depth and size; DELETE only where it is meant",
        (
            "tests.api.test_bones:test_hostile_bodies_are_refused_by_the_parser",
            "tests.config.test_middleware:test_a_body_too_large_is_refused_before_a_byte_is_read",
            "tests.matrix.test_hostile_values:test_no_query_breaks_a_page",
        ),
    ),
)


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.hazard[:60])
def test_a_hazard_has_its_tests(hazard: Hazard) -> None:
    assert hazard.rule
    assert hazard.tests
    for name in hazard.tests:
        module, _, test = name.partition(":")
        assert callable(getattr(importlib.import_module(module), test)), name


def test_the_login_role_owns_nothing(tenant: Company) -> None:
    with schema.owner_cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            " WHERE r.rolname = 'guanjia_web' OR r.rolname LIKE 't\\_%'"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolinherit FROM pg_roles"
            " WHERE rolname = 'guanjia_web'"
        )
        assert cursor.fetchone() == (False, False, False, False, False)
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 't\\_%'"
            " AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)"
        )
        assert cursor.fetchall() == []


def test_path_and_role_change_in_one_statement(
    tenant: Company, companies: dict[str, Company]
) -> None:
    """Between two statements there would be a moment of one company's path with another's role."""
    with tenant_context(companies["beta"]), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user, current_setting('search_path')")
        found = cursor.fetchone()

    beta = companies["beta"].schema_name
    assert found[:2] == (beta, beta)
    assert current_schema() == tenant.schema_name
    source = (ROOT / "platform/kernel/postgres/base.py").read_text()
    assert "set_config('search_path', %s, false), set_config('role', %s, false)" in source


def test_a_foreign_path_without_its_role_reads_nothing(
    tenant: Company, companies: dict[str, Company]
) -> None:
    factories.add_user("wang")
    there = f"SET LOCAL search_path = {companies['beta'].schema_name}; SELECT * FROM access_user"

    with pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute(there)

    assert User.objects.count() == 1


PLANTED = {
    "from django.db import transaction\ntransaction.on_commit(print)\n": "TID251",
    "from django.core import signing\nsigning.dumps(1)\n": "TID251",
    "from functools import lru_cache\n": "TID251",
}


@pytest.mark.parametrize("code", PLANTED)
def test_lint_refuses_what_carries_no_company(code: str) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--output-format=json",
         "--stdin-filename", "services/billing/planted.py", "-"],
        input=code, capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip

    assert PLANTED[code] in {finding["code"] for finding in json.loads(found.stdout)}

"""Whether every company's schema is exactly the template's, and shares no table with public.

A table that a company lacks must never be found in ``public``, which comes after it in the search
path; and a constraint that one company lacks is a rule that does not hold there. The catalogues
are compared set-based: one statement per kind for all companies.
"""

from collections.abc import Iterable
from typing import Final

from psycopg2.extensions import cursor as PgCursor  # noqa: N812

from tenants.provisioning.schema import TEMPLATE_SCHEMA

# Bookkeeping of Django itself, in public for the shared apps and in each company for its own.
SHARED_TABLE_NAMES: Final = frozenset({"django_migrations", "django_content_type"})
EXAMPLES_SHOWN: Final = 5

_RELATIONS = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"

# kind → a statement that gives (schema, item).
_COLUMNS: Final = {
    "column": f"""
        SELECT n.nspname, concat_ws(' ', c.relkind, c.relname || '.' || a.attname,
                format_type(a.atttypid, a.atttypmod), a.attnotnull,
                nullif(a.attidentity, ''), pg_get_expr(d.adbin, d.adrelid))
            {_RELATIONS}
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname = ANY(%(schemas)s)""",
}
_OTHERS: Final = {
    "index": f"""
        SELECT n.nspname, concat_ws(' ', pg_get_indexdef(c.oid), i.indisvalid)
            {_RELATIONS}
            JOIN pg_index i ON i.indexrelid = c.oid
            WHERE n.nspname = ANY(%(schemas)s)""",
    # Since PostgreSQL 18 NOT NULL is a constraint with a name; the columns say it for all.
    "constraint": """
        SELECT n.nspname, concat_ws(' ', r.conrelid::regclass, r.conname,
                pg_get_constraintdef(r.oid), r.convalidated)
            FROM pg_constraint r JOIN pg_namespace n ON n.oid = r.connamespace
            WHERE r.contype <> 'n' AND n.nspname = ANY(%(schemas)s)""",
    "trigger": f"""
        SELECT n.nspname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
            {_RELATIONS}
            JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
            WHERE n.nspname = ANY(%(schemas)s)""",
    "function": """
        SELECT n.nspname, concat_ws(' ', p.proname, pg_get_function_identity_arguments(p.oid),
                p.prosecdef, md5(p.prosrc))
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = ANY(%(schemas)s)""",
    "privilege": f"""
        SELECT n.nspname, concat_ws(' ', c.relname, coalesce(g.rolname, 'PUBLIC'),
                x.privilege_type)
            {_RELATIONS} CROSS JOIN LATERAL aclexplode(c.relacl) x
            LEFT JOIN pg_roles g ON g.oid = x.grantee
            WHERE x.grantee <> c.relowner AND n.nspname = ANY(%(schemas)s)""",
    "owner": f"""
        SELECT n.nspname, c.relname || ' ' || pg_get_userbyid(c.relowner) {_RELATIONS}
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname = ANY(%(schemas)s)""",
}

# The schema's own name counts as nothing. Neither do parentheses and casts to text: PostgreSQL
# spells `varchar IN (…)` in one way when a migration makes it and in another after a dump.
_ITEMS: Final = """
    SELECT schema, regexp_replace(replace(item, schema, ''),
            '::(character varying|text)(\\[\\])?|[()]', '', 'g')
        FROM ({statement}) AS raw (schema, item)"""
_DIGESTS: Final = """
    SELECT schema, md5(string_agg(item, E'\\n' ORDER BY item COLLATE "C"))
        FROM ({items}) AS items (schema, item) GROUP BY schema"""


def problems(cursor: PgCursor, *, schemas: Iterable[str]) -> list[str]:
    """Return everything that is wrong, one readable line each; an empty list if all is well.

    :param schemas: of the companies that were set up.
    """
    names = list(schemas)
    return [
        *shared_problems(cursor, schemas=names),
        *company_problems(cursor, schemas=names, full=True),
    ]


def shared_problems(cursor: PgCursor, *, schemas: Iterable[str]) -> list[str]:
    """Return the tables that public has in common with companies, and misplaced extensions."""
    return _public_overlap(cursor, sorted(schemas)) + _misplaced_extensions(cursor)


def company_problems(cursor: PgCursor, *, schemas: Iterable[str], full: bool) -> list[str]:
    """Return how companies differ from the template.

    :param full: compare all kinds; otherwise tables and columns, cheap enough for every start.
    """
    # With only the catalogue in the path every name of ours comes out with its schema, and the
    # schema can be taken off.
    cursor.execute("SET LOCAL search_path = pg_catalog")
    found = []
    for kind, statement in (_COLUMNS | (_OTHERS if full else {})).items():
        for name in _differing(cursor, statement, sorted(schemas)):
            found += _explain(cursor, kind, statement, name)
    return found


def orphans(cursor: PgCursor, *, schemas: Iterable[str]) -> list[str]:
    """Return schemas that look like a company's and belong to none."""
    cursor.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{10}$'"
        " AND nspname <> %s AND NOT nspname = ANY(%s) ORDER BY nspname",
        [TEMPLATE_SCHEMA, sorted(schemas)],
    )
    return [name for (name,) in cursor.fetchall()]


def _public_overlap(cursor: PgCursor, names: list[str]) -> list[str]:
    cursor.execute(
        f"SELECT DISTINCT c.relname {_RELATIONS}"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname IN"
        f" (SELECT c.relname {_RELATIONS} WHERE n.nspname = ANY(%s))"
        " AND NOT c.relname = ANY(%s) ORDER BY c.relname",
        [[TEMPLATE_SCHEMA, *names], sorted(SHARED_TABLE_NAMES)],
    )
    return [f"public: has the table {name} of the companies" for (name,) in cursor.fetchall()]


def _misplaced_extensions(cursor: PgCursor) -> list[str]:
    cursor.execute(
        "SELECT e.extname, n.nspname FROM pg_extension e"
        " JOIN pg_namespace n ON n.oid = e.extnamespace"
        " WHERE n.nspname NOT IN ('public', 'pg_catalog') ORDER BY e.extname"
    )
    return [f"{schema}: has the extension {name}" for name, schema in cursor.fetchall()]


def _differing(cursor: PgCursor, statement: str, names: list[str]) -> list[str]:
    """Return the schemas whose items are not the template's; what is missing whole differs too."""
    cursor.execute(
        _DIGESTS.format(items=_ITEMS.format(statement=statement)),
        {"schemas": [TEMPLATE_SCHEMA, *names]},
    )
    digests = dict(cursor.fetchall())
    wanted = digests.get(TEMPLATE_SCHEMA)
    return [name for name in names if digests.get(name) != wanted]


def _explain(cursor: PgCursor, kind: str, statement: str, name: str) -> list[str]:
    items: dict[str, set[str]] = {TEMPLATE_SCHEMA: set(), name: set()}
    cursor.execute(_ITEMS.format(statement=statement), {"schemas": list(items)})
    for schema, item in cursor.fetchall():
        items[schema].add(item)
    lines = []
    for word, difference in (
        ("lacks", items[TEMPLATE_SCHEMA] - items[name]),
        ("has in excess", items[name] - items[TEMPLATE_SCHEMA]),
    ):
        shown = sorted(difference)
        lines += [f"{name}: {word} the {kind} {item}" for item in shown[:EXAMPLES_SHOWN]]
        if len(shown) > EXAMPLES_SHOWN:
            lines.append(f"{name}: {word} {len(shown) - EXAMPLES_SHOWN} more of {kind}")
    return lines

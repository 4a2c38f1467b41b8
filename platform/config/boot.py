"""What must hold before the first request or task of a process."""

import logging

from django.db import connection

from tenants.companies.queries import schemas_set_up
from tenants.provisioning import fingerprint, probe, schema

logger = logging.getLogger(__name__)


def verify() -> None:
    """Refuse to serve on a database on which companies could see each other.

    A company whose own schema differs from the template is reported and not fatal: what it lacks
    fails there and is found nowhere else, and one company must not keep the others from working
    while a migration is under way.

    :raises probe.Unsafe: if the server is too old, the pooler mixes sessions, or the public schema
        has a table of the companies.
    """
    probe.require_version(schema.connect_as_web)
    probe.require_session(schema.connect_as_web)
    companies = schemas_set_up()
    connection.close()  # processes are forked after this
    with schema.web_cursor() as cursor:
        shared = fingerprint.shared_problems(cursor, schemas=companies)
        own = fingerprint.company_problems(cursor, schemas=companies, full=False)
    if shared:
        raise probe.Unsafe("\n".join(shared))
    if own:
        logger.error("schemas differ from the template", extra={"problems": own})

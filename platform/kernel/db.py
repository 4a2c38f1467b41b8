"""Small things that PostgreSQL tells and Django does not."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from kernel.errors import DomainError


def violated_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that PostgreSQL refused, ``""`` if it named none."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


@contextmanager
def refusing(**refusals: DomainError) -> Iterator[None]:
    """Run the block in a savepoint; raise the error named for a constraint that it violates.

    The constraint decides, not a look-up before it: two people may write at once.

        with refusing(unit_code_once=UnitExists(_("…"), field="number")):
            unit.save()
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = refusals.get(violated_constraint(error))
        if refusal is None:
            raise
        raise refusal from error

"""Two posts that are kept apart, given to one person at the same moment."""

import threading

import pytest
from django.db import connection, transaction

from kernel import access
from kernel.access import operations as people
from kernel.access.models import PostHolding, User
from kernel.duties import DutiesMeet, queries
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_user
from tests.threads import PATIENCE


@pytest.mark.parametrize("locked", [True, False])
def test_two_posts_given_at_once_do_not_pass_each_other(
    committed_tenant: Company,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,  # noqa: FBT001
) -> None:
    """With the lock on the person one is refused; without it both pass, so the test has teeth."""
    user = add_user("wang")
    if not locked:
        barrier = threading.Barrier(2, timeout=PATIENCE)
        original = queries.held_of

        def look(holdings: object, changed: object = None) -> list[object]:
            found = original(holdings)  # type: ignore[arg-type]
            barrier.wait()  # both have looked before either writes
            return found  # type: ignore[return-value]

        monkeypatch.setattr(queries, "held_of", look)
        monkeypatch.setattr(people, "lock_user", lambda user_id: User.objects.get(pk=user_id))
        monkeypatch.setattr(
            "kernel.duties.operations._lock_person", lambda user_id: User.objects.get(pk=user_id)
        )
    refused: list[DutiesMeet] = []

    def run(post: str) -> None:
        tenant_connection.set_tenant(committed_tenant)
        try:
            with transaction.atomic():
                people.give_post(
                    actor=access.SYSTEM,
                    user_id=user.pk,
                    post=post,
                    project_id=None,
                    valid_from=TODAY,
                    now=NOW,
                )
        except DutiesMeet as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[post]) for post in ("collector", "meter_reader")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert PostHolding.objects.filter(user=user).count() == (1 if locked else 2)
    assert [error.details["rule"] for error in refused] == (["SoD-05"] if locked else [])

"""Two administrators at the same moment, with real commits: what one does the other sees."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from kernel import access
from kernel.access import classes, ladders, lines, operations, posts
from kernel.access.models import Post, PostHolding, ReportingLine
from kernel.access.posts import PostFacts
from kernel.duties import DutiesMeet
from kernel.duties import operations as duties
from kernel.errors import DomainError
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_user
from tests.threads import PATIENCE


def at_once(company: Company, *acts: Callable[[], object]) -> list[DomainError]:
    """Run each act in a thread and transaction of its own; return what was refused."""
    refused: list[DomainError] = []
    broken: list[BaseException] = []
    barrier = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], object]) -> None:
        tenant_connection.set_tenant(company)
        try:
            barrier.wait()
            with transaction.atomic():
                act()
        except DomainError as error:
            refused.append(error)
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=2 * PATIENCE)
    assert broken == []
    return refused


@pytest.mark.parametrize("locked", [True, False])
def test_a_post_is_not_given_past_what_it_is_about_to_count_as(
    committed_tenant: Company,
    monkeypatch: pytest.MonkeyPatch,
    *,
    locked: bool,
) -> None:
    """With its locks one of the two is refused; without them both pass, so the test has teeth."""
    own = posts.add_post(
        actor=access.SYSTEM, facts=PostFacts(name="自设采购"), counts_as=[], now=NOW
    )
    user = add_user("wang")
    give(user.pk, own.key)
    if not locked:
        looked = threading.Barrier(2, timeout=PATIENCE)
        monkeypatch.setattr(posts, "lock_posts", lambda: {row.key: row for row in rows()})
        monkeypatch.setattr(duties, "_settle", wait_after(looked))
        monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unlocked)

    refused = at_once(
        committed_tenant,
        lambda: give(user.pk, "materials_keeper"),
        lambda: posts.classify_post(actor=access.SYSTEM, key=own.key, counts_as=["buyer"], now=NOW),
    )

    held = set(PostHolding.objects.filter(user=user).values_list("post__key", flat=True))
    both = "materials_keeper" in held and classes.counts_of(own.key) == {"buyer"}
    assert both is not locked
    assert [type(error) for error in refused] == ([DutiesMeet] if locked else [])


def rows() -> list[Post]:
    return list(Post.objects.order_by("pk"))


def unlocked(queryset: object, *_args: object, **_values: object) -> object:
    return queryset


def wait_after(barrier: threading.Barrier) -> Callable[..., None]:
    """Return what settles the same and waits for the other before it writes."""
    original = duties._settle

    def settle(*args: object, **values: object) -> None:
        original(*args, **values)  # type: ignore[arg-type]
        barrier.wait()

    return settle


def give(user_id: int, post: str) -> None:
    operations.give_post(
        actor=access.SYSTEM, user_id=user_id, post=post, project_id=None, valid_from=TODAY, now=NOW
    )


def hang(key: str, above: str) -> None:
    post = Post.objects.get(key=key)
    posts.change_post(
        actor=access.SYSTEM, key=key, facts=PostFacts(name=post.name, reports_to=above), now=NOW
    )


def test_two_lines_at_once_close_no_circle(committed_tenant: Company) -> None:
    refused = at_once(
        committed_tenant,
        lambda: hang("mo_director", "cs_supervisor"),
        lambda: hang("cs_supervisor", "mo_director"),
    )

    assert [type(error) for error in refused] == [lines.LineIsCircle]


def test_two_lines_at_once_close_no_circle_past_the_operation(committed_tenant: Company) -> None:
    """The trigger alone holds, for whoever writes without the operation's lock."""

    def draw(key: str, above: str) -> None:
        lines.draw({key: above}, first_day=TODAY, today=TODAY)

    refused = at_once(
        committed_tenant,
        lambda: draw("mo_director", "cs_supervisor"),
        lambda: draw("cs_supervisor", "mo_director"),
    )

    assert [type(error) for error in refused] == [lines.LineIsCircle]
    assert ReportingLine.objects.filter(valid_from=TODAY).count() == 1


def test_of_two_ladders_chosen_at_once_the_second_is_looked_at_again(
    committed_tenant: Company,
) -> None:
    seen = {
        key: ladders.plan(actor=access.SYSTEM, key=key, first_day=TODAY).digest
        for key in ("B", "D")
    }

    def choose(key: str) -> None:
        ladders.choose_ladder(actor=access.SYSTEM, key=key, seen=seen[key], now=NOW)

    refused = at_once(committed_tenant, lambda: choose("B"), lambda: choose("D"))

    assert [type(error) for error in refused] == [ladders.PlanChanged]
    current = ladders.in_force()
    drawn = lines.above(TODAY)
    assert drawn["mo_manager"] == current.above("mo_manager")
    assert drawn["collector"] == current.above("collector")

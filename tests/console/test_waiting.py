"""What waits for a person on pages of their own, and that the inbox has all of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from console import waiting
from console.waiting import SOURCES, Thing
from kernel import access
from kernel.access import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import operations, registry
from kernel.approvals.models import AssignmentState
from kernel.documents.manuals import copies, papers
from kernel.documents.manuals import operations as manual_operations
from kernel.duties import Mode
from kernel.identity.operations import departures
from kernel.imports.importer import importers
from kernel.policies.reading import reading_once
from tenants.companies.models import Company
from tests import factories_approvals as approvals
from tests import factories_manuals as manuals
from tests import factories_runs as runs
from tests.console.dashboard.test_todos import upload
from tests.console.visitor import sign_in
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post
from tests.factories_duties import ask, set_mode
from tests.kernel.records.test_access import open_office

INBOX = "/approvals/"


@pytest.fixture(autouse=True)
def _english(tenant: Company) -> Iterator[None]:
    with translation.override("en"):
        yield


def of(actor: Actor, kind: str = "", **given: Any) -> list[Thing]:
    """Return what waits for somebody, as of one of his posts today."""
    person = User.objects.get(pk=actor.require_person())
    fresh = actor_for(user=person, today=TODAY)
    return waiting.things(actor=fresh, now=given.pop("now", NOW), kind=kind, **given)


def titles(things: list[Thing]) -> list[str]:
    return [thing.title for thing in things]


def opens(actor: Actor, thing: Thing) -> bool:
    """Tell whether the page to which the thing leads is the person's."""
    username = User.objects.get(pk=actor.require_person()).username
    return bool(sign_in(username).get(thing.url).status_code == 200)


# ---- each source --------------------------------------------------------------------------------


def test_exemption_waits_in_every_project_for_who_decides_it() -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    office = runs.open_office()
    other = runs.open_project(office, "BH", "滨河苑")
    admin, clerk = add_actor("xujing", "company_admin"), add_user("clerk")
    ask(admin, clerk, "SoD-08", project_id=office.project.pk)
    ask(admin, clerk, "SoD-01", project_id=None)
    gm = add_actor("gm", "property_manager")
    there = add_actor("pm", "property_manager", project_id=other.project.pk)

    found = of(gm, "exemptions")

    assert [one.note for one in found] == [f"SoD-01 · {clerk.name}", f"SoD-08 · {clerk.name}"]
    assert {one.project_id for one in found} == {None, office.project.pk}
    assert all(opens(gm, one) for one in found)
    assert of(admin, "exemptions") == of(there, "exemptions") == []


def test_runs_and_files_wait_in_all_projects_of_the_person() -> None:
    office = runs.open_office()
    other = runs.open_project(office, "BH", "滨河苑")
    for place in (office, other):
        runs.add_homes(place.project, 2)
        runs.preview(place)
        upload(place, "REHEARSED")

    # The director prepared the runs of one of the projects; the manager checks both.
    for who, kind in ((office.manager, "bill-runs"), (office.director, "imports")):
        found = of(who, kind)
        assert {one.project_id for one in found} == {office.project.pk, other.project.pk}
        assert len(found) == 2
        assert all(opens(who, one) for one in found)
    assert {one.project_id for one in of(office.director, project_id=other.project.pk)} == {
        other.project.pk
    }
    assert of(office.collector) == []


def test_leaver_waits_for_the_other_administrators_until_his_account_is_closed() -> None:
    admin, second = add_actor("xujing", "company_admin"), add_actor("second", "company_admin")
    steward = add_user("lin", name="Lin")
    hold_post(steward, "steward")
    last = TODAY + timedelta(days=3)
    one = departures.begin(actor=admin, user_id=steward.pk, last_day=last, now=NOW)
    departures.begin(actor=admin, user_id=second.require_person(), last_day=last, now=NOW)

    assert titles(of(admin, "departures")) == ["Leaver: Lin", "Leaver: second"]
    assert titles(of(second, "departures")) == ["Leaver: Lin"]
    assert opens(admin, of(admin, "departures")[0])
    departures.take_back(actor=admin, departure_id=one.pk, now=NOW)
    assert titles(of(admin, "departures")) == ["Leaver: second"]


def test_manuals_wait_for_their_keeper_and_their_holders() -> None:
    desk = manuals.open_desk()
    holder = add_actor("holder", "collector")
    revision = manuals.approved(desk, manuals.draft(desk))
    assert titles(of(desk.preparer, "manuals")) == [
        f"Approved, to be put in force: {revision.manual}"
    ]
    assert opens(desk.preparer, of(desk.preparer, "manuals")[0])
    manual_operations.put_in_force(
        actor=desk.preparer, revision_id=revision.pk, now=NOW, today=TODAY
    )
    copies.issue_copy(
        actor=desk.preparer,
        manual_id=revision.manual_id,
        holder_id=holder.require_person(),
        now=NOW,
    )

    assert of(desk.preparer, "manuals") == []
    (page,) = of(holder, "manuals")
    assert page.title == f"Pages to be put in: {revision.manual}"
    assert opens(holder, page)
    release = papers.request_release(
        actor=desk.preparer, revision_id=revision.pk, recipient="Bank", purpose="Audit", now=NOW
    )
    case = approvals.case_named_by(release)
    while case.state == "RUNNING":
        place = approvals.step_under_way(case).assignments.filter(state=AssignmentState.OPEN)
        manuals.sign(approvals.as_actor(place[0].user), case)
        case.refresh_from_db()
    (paper,) = of(desk.preparer, "manuals")
    assert (paper.title, paper.note) == (
        f"Approved, to be given outside: {revision.manual}",
        "Bank",
    )
    assert opens(desk.preparer, paper)


def test_granted_file_waits_for_who_asked_until_his_time_is_over() -> None:
    office = open_office()
    request = office.granted(office.desk)

    (file,) = of(office.desk, "file-access")

    assert file.due_at == request.expires_at
    assert of(office.colleague, "file-access") == of(office.manager, "file-access") == []
    later = NOW + timedelta(hours=24)
    assert of(office.desk, "file-access", now=later) == []


def test_own_rejected_paper_and_a_case_that_stopped_wait_without_a_signature() -> None:
    with approvals.paper_kind():
        approvals.publish(approvals.line(approvals.step("property_manager")))
        clerk = approvals.person("a", "steward")
        admin = add_actor("xujing", "company_admin")
        stuck = approvals.submit(clerk, title="Nobody signs")
        assert stuck.state == "STUCK"
        manager = approvals.person("m", "property_manager")
        case = approvals.submit(clerk, title="Back again")
        operations.reject(
            actor=manager,
            case_id=case.pk,
            step_id=approvals.step_under_way(case).pk,
            text="No",
            now=NOW,
        )

        (own,) = of(clerk, "own-cases")
        (stopped,) = of(admin, "own-cases")

        assert own.title == "Paper: Back again"
        assert stopped.title == "Paper: Nobody signs"
        assert of(manager, "own-cases") == []
        assert opens(clerk, own)
        assert opens(admin, stopped)


# ---- the registry -------------------------------------------------------------------------------


def test_every_source_is_there_once_and_none_is_called_as_a_kind_of_case() -> None:
    keys = [source.key for source in SOURCES]

    assert len(set(keys)) == len(keys)
    assert not set(keys) & {kind.key for kind in registry.kinds()}
    for source in SOURCES:
        assert callable(import_string(source.find))
    (imports,) = [source for source in SOURCES if source.key == "imports"]
    assert {importer.action for importer in importers()} == set(imports.actions)


def test_nothing_waits_for_a_program_or_the_system() -> None:
    program = Actor(label="key of a program", grants=frozenset())

    assert waiting.things(actor=program, now=NOW) == []
    assert waiting.things(actor=access.SYSTEM, now=NOW) == []


@pytest.mark.parametrize(("post", "queries"), [("steward", 3), ("property_manager", 6)])
def test_it_takes_about_a_query_for_each_source(
    post: str, queries: int, django_assert_num_queries: Any
) -> None:
    actor = add_actor("somebody", post)

    with django_assert_num_queries(queries), reading_once():
        waiting.things(actor=actor, now=NOW)


# ---- the inbox ----------------------------------------------------------------------------------


def test_inbox_shows_counts_and_narrows_them() -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    office = runs.open_office()
    admin, clerk = add_actor("xujing", "company_admin"), add_user("clerk", name="Clerk")
    exemption = ask(admin, clerk, "SoD-08", project_id=office.project.pk)
    upload(office, "REHEARSED")
    manager = sign_in("fangqiming")
    link = f'href="/c/duties/exemptions/{exemption.pk}/"'

    page = manager.get(INBOX).content.decode()

    assert link in page
    assert "Nothing waits for you" not in page
    assert ">1</span>" in manager.get("/approvals/count/").content.decode()
    for query, is_there in (
        ({"kind": "exemptions"}, True),
        ({"kind": "bill-runs"}, False),
        ({"kind": "leave"}, False),
        ({"q": "clerk sod-08"}, True),
        ({"q": "somebody else"}, False),
        ({"project": str(office.project.pk)}, True),
        ({"project": "999999"}, False),
        ({"tab": "mine"}, False),
        ({"tab": "done"}, False),
    ):
        assert (link in manager.get(INBOX, query).content.decode()) is is_there, query
    assert link not in sign_in("xujing").get(INBOX).content.decode()


def test_what_is_due_stands_before_what_only_waits() -> None:
    admin = add_actor("xujing", "company_admin")
    now = timezone.now()
    for name, days in (("late", 1), ("soon", 0), ("later", 9)):
        departures.begin(
            actor=admin,
            user_id=add_user(name, name=name).pk,
            last_day=now.date() + timedelta(days=days),
            now=now,
        )

    assert titles(of(admin, "departures")) == ["Leaver: soon", "Leaver: late", "Leaver: later"]

"""What a person arranges in a list: selection, columns, saved views."""

import pytest
from django.test import Client

from console import operations
from console.models import ListPreference, SavedView
from kernel.access.actors import Actor
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories

pytestmark = pytest.mark.urls("tests.console.lists.sample")


# ---- selection ----------------------------------------------------------------------------------


def test_bulk_action_gets_the_ticked_rows(director: Client, url: str, project: Project) -> None:
    ids = [project.units.get(code=code).pk for code in ("2-102", "1-101")]

    response = director.post(url, {"do": "bulk:count", "pick": ids})

    assert response.content == b"1-101,2-102"


def test_bulk_action_on_everything_means_everything_filtered(director: Client, url: str) -> None:
    response = director.post(f"{url}?kind=RESIDENCE", {"do": "bulk:count", "everything": "3"})

    assert response.content == b"1-101,1-102,2-101"


def test_row_outside_the_filters_or_the_project_is_not_touched(
    director: Client, url: str, project: Project
) -> None:
    ids = [project.units.get(code=code).pk for code in ("1-101", "1-103")]

    response = director.post(f"{url}?kind=SHOP", {"do": "bulk:count", "pick": [*ids, 10**12]})

    assert response.content == b"1-103"


def test_bulk_action_without_a_selection_is_refused(director: Client, url: str) -> None:
    assert director.post(url, {"do": "bulk:count"}).status_code == 422


def test_bulk_action_needs_its_own_permission(url: str, project: Project, director: Client) -> None:
    from tests.console.lists.conftest import signed_in  # noqa: PLC0415

    reader = signed_in("li", "meter_reader", project_id=project.pk)
    picked = project.units.get(code="1-101").pk

    assert reader.post(url, {"do": "bulk:change", "pick": picked}).status_code == 403
    assert 'value="bulk:change"' not in reader.get(url).content.decode()
    assert director.post(url, {"do": "bulk:unknown", "pick": picked}).status_code == 404


# ---- columns ------------------------------------------------------------------------------------


def test_columns_are_kept_for_the_user_and_the_page(director: Client, url: str) -> None:
    response = director.post(
        f"{url}?kind=SHOP", {"do": "columns", "column": ["building.name", "code", "x"]}
    )

    assert response.headers["Location"] == f"{url}?kind=SHOP"
    assert ListPreference.objects.get().columns == ["building.name", "code"]


def test_fixed_column_cannot_be_hidden(director: Client, url: str) -> None:
    director.post(url, {"do": "columns", "column": ["note"]})

    assert "data-row-link>1-101</a>" in director.get(url).content.decode()


def test_reset_returns_to_the_columns_as_delivered(director: Client, url: str) -> None:
    director.post(url, {"do": "columns", "column": ["note"]})
    director.post(url, {"do": "columns-reset"})

    assert not ListPreference.objects.exists()


# ---- saved views --------------------------------------------------------------------------------


def test_saved_view_keeps_filters_and_order_but_not_the_page(director: Client, url: str) -> None:
    response = director.post(
        f"{url}?sort=-built_area&page=3&kind=SHOP&q=1", {"do": "view-save", "name": "  My  shops "}
    )

    view = SavedView.objects.get()
    assert (view.name, view.query) == ("My shops", "q=1&kind=SHOP&sort=-built_area")
    assert response.headers["Location"].endswith(f"view={view.pk}")
    assert not AuditEntry.objects.filter(event__startswith="console.").exists()


def test_saved_view_is_a_tab_and_says_when_it_was_changed(director: Client, url: str) -> None:
    director.post(f"{url}?kind=SHOP&kind=PARKING", {"do": "view-save", "name": "Mine"})
    view = SavedView.objects.get()

    same = director.get(f"{url}?kind=SHOP&kind=PARKING&view={view.pk}").content.decode()
    changed = director.get(f"{url}?kind=SHOP&view={view.pk}").content.decode()

    assert 'Mine <span class="n">2</span>' in same
    assert "view-save" not in same
    assert 'value="view-replace"' in changed


def test_view_is_renamed_replaced_and_deleted_by_its_owner(director: Client, url: str) -> None:
    director.post(f"{url}?kind=SHOP", {"do": "view-save", "name": "Mine"})
    view = SavedView.objects.get()

    director.post(url, {"do": "view-rename", "view": view.pk, "name": "Ours"})
    director.post(f"{url}?kind=PARKING", {"do": "view-replace", "view": view.pk})
    view.refresh_from_db()
    assert (view.name, view.query) == ("Ours", "kind=PARKING")

    director.post(url, {"do": "view-delete", "view": view.pk})
    assert not SavedView.objects.exists()


def test_private_view_does_not_exist_for_others(admin: Client, director: Client, url: str) -> None:
    director.post(f"{url}?kind=SHOP", {"do": "view-save", "name": "Mine"})
    view = SavedView.objects.get()

    assert "Mine" not in admin.get(url).content.decode()
    assert admin.post(url, {"do": "view-delete", "view": view.pk}).status_code == 404
    assert SavedView.objects.exists()


def test_view_is_shared_by_an_administrator_only_and_recorded(
    admin: Client, director: Client, url: str
) -> None:
    form = {"do": "view-save", "name": "All shops", "shared": "1"}

    assert director.post(f"{url}?kind=SHOP", form).status_code == 403
    assert not SavedView.objects.exists()

    admin.post(f"{url}?kind=SHOP", form)
    assert "All shops" in director.get(url).content.decode()
    assert AuditEntry.objects.get(event="console.view.shared").data["name"] == "All shops"
    view = SavedView.objects.get()
    assert director.post(url, {"do": "view-delete", "view": view.pk}).status_code == 403
    assert SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"), [("", 422), ("x" * 41, 422), ("MINE", 409)], ids=["empty", "long", "taken"]
)
def test_name_that_cannot_be_kept_is_refused(
    director: Client, url: str, name: str, status: int
) -> None:
    director.post(f"{url}?kind=SHOP", {"do": "view-save", "name": "Mine"})

    response = director.post(f"{url}?kind=PARKING", {"do": "view-save", "name": name})

    assert response.status_code == status
    assert SavedView.objects.count() == 1


def test_thirteenth_view_is_refused(tenant: Company) -> None:
    actor = factories.add_actor("zhaomin", "charging_director")
    for number in range(operations.MOST_VIEWS):
        save(actor, f"View {number}")

    with pytest.raises(operations.TooManyViews):
        save(actor, "One more")
    assert SavedView.objects.count() == 12


def test_unknown_command_and_odd_ids_do_not_exist(director: Client, url: str) -> None:
    assert director.post(url, {"do": "drop"}).status_code == 404
    assert director.post(url, {"do": "view-delete", "view": "9" * 30}).status_code == 404


def test_system_has_no_arrangement(tenant: Company) -> None:
    with pytest.raises(NotFound):
        save(Actor(label="system", is_system=True), "Mine")


def save(actor: Actor, name: str) -> SavedView:
    return operations.save_view(actor=actor, page="p", name=name, query="", now=factories.NOW)

"""An object of one company is never used in another."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django_tenants.utils import tenant_context

from kernel.access.models import ApiToken, PostHolding, User
from kernel.models import CompanyModel, ForeignObject
from tenants.companies.models import Company
from tests import factories

FOREIGN_APPS = {"contenttypes", "auth", "sessions", "axes", "messages"}


def company_models() -> list[type[models.Model]]:
    labels = {apps.get_app_config(app.rsplit(".", 1)[-1]).label for app in settings.TENANT_APPS}
    return [model for model in apps.get_models() if model._meta.app_label in labels - FOREIGN_APPS]


@pytest.mark.parametrize("model", company_models(), ids=lambda model: model._meta.label)
def test_every_table_of_a_company_knows_its_company(model: type[models.Model]) -> None:
    assert issubclass(model, CompanyModel)


USES: dict[str, Callable[[User], object]] = {
    "save": lambda user: user.save(),
    "save one field": lambda user: user.save(update_fields=["name"]),
    "bulk update": lambda user: User.objects.bulk_update([user], ["name"]),
    "bulk create": lambda user: User.objects.bulk_create([user], ignore_conflicts=True),
    "delete": lambda user: user.delete(),
    "refresh": lambda user: user.refresh_from_db(),
    "follow to many": lambda user: list(user.holdings.all()),
    "create through": lambda user: user.api_tokens.create(name="x", created_at=factories.NOW),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_an_object_of_alpha_is_refused_in_beta(
    use: Callable[[User], object], tenant: Company, companies: dict[str, Company]
) -> None:
    user = User.objects.get(pk=factories.add_user("wang").pk)

    with tenant_context(companies["beta"]):
        twin = User(pk=user.pk, username="zhao", name="Zhao", created_at=factories.NOW)
        twin.save(force_insert=True)
        with pytest.raises(ForeignObject):
            use(user)

        assert User.objects.get(pk=user.pk).name == "Zhao"


def test_following_a_foreign_key_in_another_company_is_refused(
    tenant: Company, companies: dict[str, Company]
) -> None:
    factories.add_actor("wang", "collector")
    holding = PostHolding.objects.get()

    with tenant_context(companies["beta"]), pytest.raises(ForeignObject):
        _ = holding.user


def test_relating_objects_of_two_companies_is_refused(
    tenant: Company, companies: dict[str, Company]
) -> None:
    user = User.objects.get(pk=factories.add_user("wang").pk)

    token = ApiToken(user=user, name="x", created_at=factories.NOW)
    with tenant_context(companies["beta"]):
        zhao = User.objects.get(pk=factories.add_user("zhao").pk)
        with pytest.raises(ForeignObject):
            token.save()
        with pytest.raises(ForeignObject):
            PostHolding(user=zhao).user = user

        assert ApiToken.objects.count() == 0


def test_an_object_just_created_belongs_to_the_company_it_was_created_in(
    tenant: Company, companies: dict[str, Company]
) -> None:
    user = factories.add_user("wang")

    with tenant_context(companies["beta"]), pytest.raises(ForeignObject):
        user.save()


def test_objects_created_in_bulk_belong_to_the_company_as_well(
    tenant: Company, companies: dict[str, Company]
) -> None:
    (user,) = User.objects.bulk_create(
        [User(username="wang", name="Wang", created_at=factories.NOW)]
    )

    with tenant_context(companies["beta"]), pytest.raises(ForeignObject):
        user.save()


def test_a_lazy_deferred_field_is_not_loaded_from_another_company(
    tenant: Company, companies: dict[str, Company]
) -> None:
    factories.add_user("wang")
    user = User.objects.only("id").get()

    with tenant_context(companies["beta"]), pytest.raises(ForeignObject):
        _ = user.name

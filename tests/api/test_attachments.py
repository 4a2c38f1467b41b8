"""Files on records by the API."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.documents.models import Attachment
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories_properties as registry
from tests.api.client import Api, refusal, sign_in
from tests.kernel.documents.samples import EXE, PDF


@pytest.fixture
def household(tenant: Company) -> Household:
    return registry.add_unit(registry.add_project(), "1602").household


@pytest.fixture
def director(household: Household) -> Api:
    return sign_in("zhaomin", ("charging_director", None))


def upload(api: Api, household: Household, content: bytes = PDF, **values: Any) -> Any:
    return api.upload(
        "files/",
        {
            "subject_type": "properties.household",
            "subject_id": household.pk,
            "file": SimpleUploadedFile("合同.pdf", content),
            **values,
        },
    )


def test_a_file_goes_in_is_listed_and_comes_out(household: Household, director: Api) -> None:
    answer = upload(director, household, kind="contract")
    assert answer.status_code == 201, answer.content
    made = answer.json()

    listed = director(
        "GET", f"files/?subject_type=properties.household&subject_id={household.pk}"
    ).json()["results"]
    content = director("POST", f"files/{made['id']}/content/")

    assert listed == [made] == [director("GET", f"files/{made['id']}/").json()]
    assert (made["name"], made["kind"], made["size_bytes"]) == ("合同.pdf", "contract", len(PDF))
    assert content.content == PDF
    assert content.headers["Content-Type"] == "application/octet-stream"
    assert content.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_what_is_not_what_it_says_is_refused(household: Household, director: Api) -> None:
    assert refusal(upload(director, household, EXE)) == (422, "documents.type-refused")
    assert Attachment.objects.count() == 0


def test_a_file_is_withdrawn_with_a_reason(household: Household, director: Api) -> None:
    made = upload(director, household).json()

    done = director("POST", f"files/{made['id']}/withdraw/", {"reason": "wrong"})

    assert done.json()["withdrawal_reason"] == "wrong"
    assert refusal(director("POST", f"files/{made['id']}/content/")) == (404, "not-found")


def test_another_projects_files_do_not_exist(household: Household, director: Api) -> None:
    made = upload(director, household).json()
    other = registry.add_project("HB", "湖滨")
    stranger = sign_in("sun", ("charging_director", other.pk))

    for answer in (
        stranger("GET", f"files/{made['id']}/"),
        stranger("POST", f"files/{made['id']}/content/"),
        stranger("GET", f"files/?subject_type=properties.household&subject_id={household.pk}"),
        upload(stranger, household),
    ):
        assert refusal(answer) == (404, "not-found")
    assert Attachment.objects.count() == 1

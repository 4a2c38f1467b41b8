"""The pages of retention: what is due, holds, lists of disposal and their proof."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from kernel.records.models import Disposal, DisposalState, LegalHold
from tests.console.visitor import sign_in
from tests.factories_approvals import approve, case_named_by
from tests.kernel.records.test_disposal import Office, office

__all__ = ["office"]  # the fixture


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    with translation.override("en"):
        yield


def test_what_is_due_is_listed_approved_and_proved(office: Office) -> None:
    desk = sign_in("wangfang")
    address = reverse("retention", args=[office.project.pk])
    page = desk.get(address)
    assert [row.label for row, _ticked in page.context["rows"]] == ["陈志远"]
    assert "for ever" in page.content.decode()

    assert desk.post(address, {"note": "x"}).status_code == 422
    assert not Disposal.objects.exists()
    assert desk.post(address, {"note": "年度", "record": office.key}).status_code == 302

    disposal = Disposal.objects.get()
    approve(office.manager, case_named_by(disposal))
    proof = desk.get(reverse("retention-disposal", args=[office.project.pk, disposal.pk]))
    assert proof.context["disposal"].state == DisposalState.DONE
    assert "陈志远" in proof.content.decode()
    lists = desk.get(reverse("retention-disposals", args=[office.project.pk]))
    assert "年度" in lists.content.decode()
    assert "Nothing is due" in desk.get(address).content.decode()


def test_the_manager_holds_back_and_lifts(office: Office) -> None:
    manager = sign_in("sunqiang")
    address = reverse("retention-hold", args=[office.project.pk])
    assert manager.post(address, {"record": office.key, "reason": ""}).status_code == 422
    assert manager.post(address, {"record": office.key, "reason": "诉讼中"}).status_code == 302
    hold = LegalHold.objects.get()
    due = reverse("retention", args=[office.project.pk])
    assert "诉讼中" in manager.get(due).content.decode()
    assert sign_in("wangfang").post(due, {"note": "x", "record": office.key}).status_code == 409

    lift = reverse("retention-lift", args=[office.project.pk, hold.pk])
    assert manager.post(lift, {"reason": "已结案"}).status_code == 302
    assert manager.post(lift, {"reason": "已结案"}).status_code == 404
    assert (
        sign_in("wangfang").post(address, {"record": office.key, "reason": "x"}).status_code == 403
    )

from django.urls import path

from console.standards.assignments import (
    AssignByRule,
    AssignUnit,
    ConfirmAssignments,
    EndAssignment,
    RemoveAssignment,
)
from console.standards.changes import (
    DeleteStandard,
    EndVersion,
    ItemSheet,
    NewStandard,
    RenameStandard,
    WithdrawVersion,
)
from console.standards.lists import Items, Standards
from console.standards.page import StandardPage
from console.standards.trial import Trial

_STANDARD = "p/<int:project_id>/fee-standards/<int:standard_id>/"

urlpatterns = [
    path("c/fee-items/", Items.as_view(), name="fee-items"),
    path("c/fee-items/new/", ItemSheet.as_view(), name="fee-items-new"),
    path("c/fee-items/<int:item_id>/", ItemSheet.as_view(), name="fee-items-item"),
    path("p/<int:project_id>/fee-standards/", Standards.as_view(), name="fee-standards"),
    path("p/<int:project_id>/fee-standards/new/", NewStandard.as_view(), name="fee-standards-new"),
    path(_STANDARD, StandardPage.as_view(), name="fee-standards-standard"),
    path(f"{_STANDARD}rename/", RenameStandard.as_view(), name="fee-standards-rename"),
    path(f"{_STANDARD}delete/", DeleteStandard.as_view(), name="fee-standards-delete"),
    path(f"{_STANDARD}trial/", Trial.as_view(), name="fee-standards-trial"),
    path(
        f"{_STANDARD}versions/<int:version_id>/end/",
        EndVersion.as_view(),
        name="fee-standards-end",
    ),
    path(
        f"{_STANDARD}versions/<int:version_id>/withdraw/",
        WithdrawVersion.as_view(),
        name="fee-standards-withdraw",
    ),
    path(f"{_STANDARD}rules/new/", AssignByRule.as_view(), name="fee-standards-rule"),
    path(f"{_STANDARD}units/new/", AssignUnit.as_view(), name="fee-standards-unit"),
    path(
        f"{_STANDARD}assignments/confirm/",
        ConfirmAssignments.as_view(),
        name="fee-standards-assignments-confirm",
    ),
    path(
        f"{_STANDARD}assignments/<int:assignment_id>/end/",
        EndAssignment.as_view(),
        name="fee-standards-assignment-end",
    ),
    path(
        f"{_STANDARD}assignments/<int:assignment_id>/remove/",
        RemoveAssignment.as_view(),
        name="fee-standards-assignment-remove",
    ),
]

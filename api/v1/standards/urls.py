from django.urls import path

from api.v1.standards import assignments, items, standards, versions

_STANDARD = "fee-standards/<int:standard_id>/"
_VERSION = "fee-versions/<int:version_id>/"
_ASSIGNMENT = "fee-assignments/<int:assignment_id>/"

urlpatterns = [
    path("fee-items/", items.Items.as_view()),
    path("fee-items/<int:item_id>/", items.ItemDetail.as_view()),
    path("households/<int:household_id>/fees/", standards.HouseholdFees.as_view()),
    path("fee-standards/", standards.Standards.as_view()),
    path(_STANDARD, standards.StandardDetail.as_view()),
    path(f"{_STANDARD}history/", standards.StandardHistory.as_view()),
    path(f"{_STANDARD}trial/", standards.StandardTrial.as_view()),
    path(f"{_STANDARD}versions/", versions.Versions.as_view()),
    path(f"{_STANDARD}assignments/", assignments.Assignments.as_view()),
    path(f"{_STANDARD}assignments/confirm/", assignments.AssignmentsConfirmation.as_view()),
    path(f"{_STANDARD}unit-assignments/", assignments.UnitAssignments.as_view()),
    path(_VERSION, versions.VersionDetail.as_view()),
    path(f"{_VERSION}submit/", versions.VersionSubmission.as_view()),
    path(f"{_VERSION}confirm/", versions.VersionConfirmation.as_view()),
    path(f"{_VERSION}end/", versions.VersionEnd.as_view()),
    path(f"{_VERSION}withdraw/", versions.VersionWithdrawal.as_view()),
    path(_ASSIGNMENT, assignments.AssignmentDetail.as_view()),
    path(f"{_ASSIGNMENT}end/", assignments.AssignmentEnd.as_view()),
]

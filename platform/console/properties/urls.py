from django.urls import URLPattern, path

from console.properties import edits, household, household_edits, lists, pages, reveal

_PROJECT = "p/<int:project_id>/"
_HOUSEHOLD = f"{_PROJECT}households/<int:household_id>/"
_METER = f"{_HOUSEHOLD}meters/<int:meter_id>/"

urlpatterns: list[URLPattern] = [
    path("c/projects/", lists.Projects.as_view(), name="projects"),
    path("c/projects/new/", edits.NewProject.as_view(), name="projects-new"),
    path(f"{_PROJECT}edit/", edits.EditProject.as_view(), name="overview-edit"),
    path(f"{_PROJECT}overview/", pages.Overview.as_view(), name="overview"),
    path(f"{_PROJECT}buildings/", lists.Buildings.as_view(), name="buildings"),
    path(f"{_PROJECT}buildings/new/", edits.NewBuilding.as_view(), name="buildings-new"),
    path(
        f"{_PROJECT}buildings/<int:building_id>/",
        edits.RenameBuilding.as_view(),
        name="buildings-rename",
    ),
    path(f"{_PROJECT}units/", lists.Units.as_view(), name="units"),
    path(f"{_PROJECT}units/new/", edits.NewUnit.as_view(), name="units-new"),
    path(f"{_PROJECT}units/<int:unit_id>/", edits.EditUnit.as_view(), name="units-edit"),
    path(f"{_PROJECT}units/<int:unit_id>/state/", edits.ChangeState.as_view(), name="units-state"),
    path(f"{_PROJECT}spaces/", lists.Spaces.as_view(), name="spaces"),
    path(f"{_PROJECT}spaces/new/", edits.NewSpace.as_view(), name="spaces-new"),
    path(f"{_PROJECT}vehicles/", lists.Vehicles.as_view(), name="vehicles"),
    path(f"{_PROJECT}meters/", lists.Meters.as_view(), name="meters"),
    path(f"{_PROJECT}parties/", lists.Parties.as_view(), name="parties"),
    path(f"{_PROJECT}parties/<int:party_id>/", pages.PartyPage.as_view(), name="parties-party"),
    path(f"{_PROJECT}parties/<int:party_id>/edit/", edits.EditParty.as_view(), name="parties-edit"),
    path(
        f"{_PROJECT}parties/<int:party_id>/reveal/", reveal.Reveal.as_view(), name="parties-reveal"
    ),
    path(_HOUSEHOLD, household.HouseholdPage.as_view(), name="household"),
    path(f"{_HOUSEHOLD}people/new/", household_edits.AddPerson.as_view(), name="household-person"),
    path(
        f"{_HOUSEHOLD}people/<int:occupancy_id>/",
        household_edits.EditOccupancy.as_view(),
        name="household-occupancy",
    ),
    path(
        f"{_HOUSEHOLD}people/<int:occupancy_id>/end/",
        household_edits.EndOccupancy.as_view(),
        name="household-occupancy-end",
    ),
    path(
        f"{_HOUSEHOLD}title/",
        household_edits.TransferOwnership.as_view(),
        name="household-transfer",
    ),
    path(f"{_HOUSEHOLD}payer/", household_edits.SetPayer.as_view(), name="household-payer"),
    path(
        f"{_HOUSEHOLD}vehicles/new/", household_edits.AddVehicle.as_view(), name="household-vehicle"
    ),
    path(
        f"{_HOUSEHOLD}vehicles/<int:vehicle_id>/",
        household_edits.EditVehicle.as_view(),
        name="household-vehicle-edit",
    ),
    path(
        f"{_HOUSEHOLD}vehicles/<int:vehicle_id>/remove/",
        household_edits.RemoveVehicle.as_view(),
        name="household-vehicle-remove",
    ),
    path(
        f"{_HOUSEHOLD}spaces/assign/",
        household_edits.AssignSpace.as_view(),
        name="household-space",
    ),
    path(
        f"{_HOUSEHOLD}spaces/release/",
        household_edits.ReleaseSpace.as_view(),
        name="household-space-release",
    ),
    path(f"{_HOUSEHOLD}merge/", household_edits.MergeHousehold.as_view(), name="household-merge"),
    path(f"{_HOUSEHOLD}split/", household_edits.SplitUnit.as_view(), name="household-split"),
    path(f"{_HOUSEHOLD}meters/new/", household_edits.AddMeter.as_view(), name="household-meter"),
    path(_METER, household_edits.EditMeter.as_view(), name="household-meter-edit"),
    path(
        f"{_METER}replace/", household_edits.ReplaceMeter.as_view(), name="household-meter-replace"
    ),
    path(f"{_METER}remove/", household_edits.RemoveMeter.as_view(), name="household-meter-remove"),
]

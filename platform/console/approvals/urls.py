from django.urls import path

from console.approvals import acts, bulk, case, chains, delegations, designer, inbox, report

urlpatterns = [
    path("approvals/", inbox.Inbox.as_view(), name="approvals"),
    path("approvals/count/", inbox.Count.as_view(), name="approvals-count"),
    path("approvals/together/", bulk.Bulk.as_view(), name="approvals-bulk"),
    path("approvals/deputies/", delegations.OwnDelegations.as_view(), name="approvals-delegations"),
    path(
        "approvals/deputies/new/",
        delegations.NewDelegation.as_view(),
        name="approvals-delegations-new",
    ),
    path(
        "approvals/deputies/<int:delegation_id>/",
        delegations.DelegationSheet.as_view(),
        name="approvals-delegations-one",
    ),
    path("approvals/<int:case_id>/", case.CasePage.as_view(), name="approvals-case"),
    path("approvals/<int:case_id>/print/", case.CasePrint.as_view(), name="approvals-print"),
    path("approvals/<int:case_id>/<str:act>/", acts.ActSheet.as_view(), name="approvals-act"),
    path("c/approval-chains/", chains.Chains.as_view(), name="approval-chains"),
    path("c/approval-chains/new/", chains.NewChain.as_view(), name="approval-chains-new"),
    path(
        "c/approval-chains/<int:chain_id>/",
        designer.ChainPage.as_view(),
        name="approval-chains-chain",
    ),
    path(
        "c/approval-chains/<int:chain_id>/versions/",
        chains.Versions.as_view(),
        name="approval-chains-versions",
    ),
    path(
        "c/approval-versions/<int:draft_id>/publish/",
        chains.Publish.as_view(),
        name="approval-chains-publish",
    ),
    path("c/approval-report/", report.Report.as_view(), name="approval-report"),
    path("c/deputies/", delegations.Delegations.as_view(), name="approval-delegations"),
]

from django.urls import path

from api.v1.approvals import cases, chains, delegations

_CASE = "approval-cases/<int:case_id>/"
_VERSION = "approval-chain-versions/<int:draft_id>/"

urlpatterns = [
    path("approval-chains/", chains.Chains.as_view()),
    path("approval-chains/<int:chain_id>/versions/", chains.Versions.as_view()),
    path(_VERSION, chains.Draft.as_view()),
    path(f"{_VERSION}publish/", chains.Publication.as_view()),
    path(f"{_VERSION}retire/", chains.Retirement.as_view()),
    path(f"{_VERSION}simulate/", chains.Simulation.as_view()),
    path("approval-cases/", cases.Cases.as_view()),
    path("approval-cases/approve/", cases.ApprovalOfMany.as_view()),
    path(_CASE, cases.CaseDetail.as_view()),
    path(f"{_CASE}approve/", cases.Approval.as_view()),
    path(f"{_CASE}reject/", cases.Rejection.as_view()),
    path(f"{_CASE}return/", cases.Return.as_view()),
    path(f"{_CASE}hand-over/", cases.HandingOver.as_view()),
    path(f"{_CASE}add-signer/", cases.AddedSigner.as_view()),
    path(f"{_CASE}name-signer/", cases.NamedSigner.as_view()),
    path(f"{_CASE}replace-signer/", cases.ReplacedSigner.as_view()),
    path(f"{_CASE}withdraw/", cases.Withdrawal.as_view()),
    path(f"{_CASE}resubmit/", cases.Resubmission.as_view()),
    path(f"{_CASE}complete/", cases.Completion.as_view()),
    path(f"{_CASE}urge/", cases.Urging.as_view()),
    path("approval-delegations/", delegations.Delegations.as_view()),
    path("approval-delegations/<int:delegation_id>/end/", delegations.DelegationEnd.as_view()),
]

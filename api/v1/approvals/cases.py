"""Cases: what waits for me, what was done, and the acts in them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.errors import note_refusal
from api.v1.approvals import serializers as shapes
from api.views import ListView, PersonalView
from kernel.approvals import operations, queries
from kernel.approvals.models import Case
from kernel.approvals.operations import Where


class Cases(PersonalView, ListView):
    """One of the lists of a person's approvals: waiting, mine, done, copied."""

    actions = {"GET": None}
    model = Case
    serializer_class = shapes.CaseOut
    query_class = shapes.InboxQuery

    def rows(self) -> QuerySet[Case]:
        tab = queries.Tab(self.asked.get("tab", queries.Tab.WAITING))
        found = queries.cases_in(actor=self.actor, tab=tab, now=self.now)
        given = {
            name: self.asked[name] for name in ("kind", "state", "project_id") if name in self.asked
        }
        return found.filter(**given)


class CaseDetail(PersonalView):
    actions = {"GET": None}

    @extend_schema(responses=shapes.CaseDetailOut)
    def get(self, request: Request, case_id: int) -> Response:
        """Give a case with its path, past and to come, and every signature."""
        return Response(detail(self, case_id))


class ActView(PersonalView):
    """POST carries out one act and answers with the case as it is then.

    An act names its body and its operation; its docstring is what the document says of it.
    """

    actions = {"POST": None}
    by_person = frozenset({"POST"})
    body: ClassVar[type[Body]]
    operation: ClassVar[Callable[..., Case]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        told = extend_schema(
            request=cls.body, responses=shapes.CaseDetailOut, description=cls.__doc__
        )
        extend_schema_view(post=told)(cls)

    def post(self, request: Request, case_id: int) -> Response:
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(body.validated_data)
        if "where" in values:
            values["where"] = Where(values["where"])
        type(self).operation(actor=self.actor, case_id=case_id, now=self.now, **values)
        return Response(detail(self, case_id))


class Approval(ActView):
    """Sign the step that was shown; asked twice it is signed once."""

    body = shapes.SignIn
    operation = staticmethod(operations.approve)


class Rejection(ActView):
    """Give the paper back to its applicant, with the reason."""

    body = shapes.ReasonIn
    operation = staticmethod(operations.reject)


class Return(ActView):
    """Send the case back to a step that was signed before."""

    body = shapes.CaseReturnIn
    operation = staticmethod(operations.return_to)


class HandingOver(ActView):
    """Give one's place at the step to somebody else."""

    body = shapes.CasePersonIn
    operation = staticmethod(operations.hand_over)


class AddedSigner(ActView):
    """Ask for one more signature, before, beside or after one's own."""

    body = shapes.SignerIn
    operation = staticmethod(operations.add_signer)


class NamedSigner(ActView):
    """Name, as administrator, who signs a step at which the case has stopped."""

    body = shapes.NameSignerIn
    operation = staticmethod(operations.name_signer)


class ReplacedSigner(ActView):
    """Give somebody's place to another, as administrator."""

    body = shapes.ReplaceSignerIn
    operation = staticmethod(operations.replace_signer)


class Withdrawal(ActView):
    """Take one's own paper back before it is finished."""

    by_person = frozenset()  # an applicant's act signs nothing
    body = shapes.TextIn
    operation = staticmethod(operations.withdraw)


class Resubmission(ActView):
    """Submit a rejected paper again as it is; number and history stay."""

    by_person = frozenset()  # an applicant's act signs nothing
    body = shapes.TextIn
    operation = staticmethod(operations.resubmit)


class Completion(ActView):
    """Submit the paper of a verbal consent as its record is now."""

    body = shapes.TextIn
    operation = staticmethod(operations.complete_consent)


class Urging(ActView):
    """Ask those who are to sign one's own paper to hurry."""

    by_person = frozenset()  # an applicant's act signs nothing
    body = shapes.TextIn
    operation = staticmethod(operations.urge)


class ApprovalOfMany(PersonalView):
    actions = {"POST": None}
    by_person = frozenset({"POST"})

    @extend_schema(
        operation_id="approval_cases_approve_many",
        request=shapes.ManyIn,
        responses=shapes.OneOfManyOut(many=True),
    )
    def post(self, request: Request) -> Response:
        """Sign several cases of one kind, each for itself; tell what became of each."""
        body = shapes.ManyIn(data=request.data)
        body.is_valid(raise_exception=True)
        results = operations.approve_many(
            actor=self.actor,
            steps=[(one["case_id"], one["step_id"]) for one in body.validated_data["cases"]],
            text=body.validated_data["text"],
            now=self.now,
        )
        for result in results:
            if result.error is not None:
                note_refusal(result.error, self.get_exception_handler_context())
        return Response(shapes.OneOfManyOut(results, many=True).data)


def detail(view: PersonalView, case_id: int) -> Any:
    """Return a case as its own endpoint gives it.

    :raises NotFound: if the actor may not see it.
    """
    case = queries.get_case(actor=view.actor, case_id=case_id, now=view.now)
    path = queries.path_of(case=case, now=view.now)
    current = next((step for step in path.past if step.state == "ACTIVE"), None)
    case.due_at = current.due_at if current else None  # type: ignore[attr-defined]
    return shapes.CaseDetailOut(
        {
            "case": case,
            "consent": getattr(case, "consent", None),
            "chain_version_id": case.version_id,
            "steps": path.past,
            "to_come": path.to_come,
            "signatures": queries.signatures_of(case),
        }
    ).data

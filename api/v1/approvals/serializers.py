"""What the endpoints of approvals take and give."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api.bodies import Body, Query
from api.fields import IdField
from kernel.approvals import queries
from kernel.approvals.models import (
    Case,
    CaseState,
    CaseStep,
    Chain,
    ChainVersion,
    Delegation,
    Signature,
    VerbalConsent,
)
from kernel.approvals.operations import Where

LONGEST_TEXT = 2000


# ---- chains -------------------------------------------------------------------------------------


class ChainVersionOut(serializers.ModelSerializer[ChainVersion]):
    """``definition``: branches in order, the last for all the rest, each with its steps."""

    definition = serializers.DictField(read_only=True)

    class Meta:
        model = ChainVersion
        fields = (
            "id",
            "chain_id",
            "number",
            "state",
            "definition",
            "note",
            "drafted_by_label",
            "drafted_at",
            "published_by_label",
            "published_at",
            "retired_at",
        )


class ChainOut(serializers.ModelSerializer[Chain]):
    """``in_use`` and ``draft`` are numbers of versions."""

    in_use = serializers.IntegerField(read_only=True, allow_null=True)
    draft = serializers.IntegerField(read_only=True, allow_null=True)
    case_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Chain
        fields = (
            "id",
            "key",
            "kind",
            "project_id",
            "name",
            "name_en",
            "source",
            "in_use",
            "draft",
            "case_count",
        )


class ChainIn(Body):
    """``project_id``: the chain takes the company's place in this project."""

    key = serializers.CharField(max_length=60)
    kind = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=80)
    name_en = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    project_id = IdField(required=False, allow_null=True, default=None)


class ChainDraftIn(Body):
    definition = serializers.JSONField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def validate_definition(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise serializers.ValidationError(self.fields["definition"].error_messages["invalid"])
        return value


class PublishIn(Body):
    """``note`` is required where there are warnings."""

    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SampleIn(Body):
    """``definition`` stands for what is not saved yet."""

    applicant_id = IdField()
    project_id = IdField(required=False, allow_null=True, default=None)
    facts = serializers.DictField()


class SignerOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class PathStepOut(serializers.Serializer[Any]):
    """``fate``: open, counted, stuck or left_out."""

    key = serializers.CharField(source="step.key")
    fate = serializers.ChoiceField(choices=[fate.value for fate in queries.StepFate])
    people = SignerOut(many=True)


class PathOut(serializers.Serializer[Any]):
    branch = serializers.IntegerField(source="branch_number")
    is_stuck = serializers.BooleanField()
    steps = PathStepOut(many=True)


# ---- cases --------------------------------------------------------------------------------------


class CaseOut(serializers.ModelSerializer[Case]):
    """A case as a list shows it; ``due_at`` is of the step under way."""

    number = serializers.CharField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    facts = serializers.DictField(read_only=True)

    class Meta:
        model = Case
        fields = (
            "id",
            "number",
            "kind",
            "project_id",
            "title",
            "applicant_id",
            "applicant_label",
            "state",
            "facts",
            "created_at",
            "submitted_at",
            "finished_at",
            "due_at",
        )


class StepOut(serializers.ModelSerializer[CaseStep]):
    """``waiting`` are the people whose signature is awaited."""

    waiting = serializers.SerializerMethodField()

    class Meta:
        model = CaseStep
        fields = (
            "id",
            "key",
            "position",
            "state",
            "arrived_at",
            "due_at",
            "finished_at",
            "waiting",
        )

    def get_waiting(self, step: CaseStep) -> list[int]:
        return [one.user_id for one in step.assignments.all() if one.state == "OPEN"]


class SignatureOut(serializers.ModelSerializer[Signature]):
    class Meta:
        model = Signature
        fields = (
            "id",
            "step_id",
            "act",
            "at",
            "user_id",
            "label",
            "for_user_id",
            "for_label",
            "text",
            "attachment_ids",
            "lap",
        )


class ConsentOut(serializers.ModelSerializer[VerbalConsent]):
    """A consent by word of mouth; the paper must be approved by ``due_at``."""

    class Meta:
        model = VerbalConsent
        fields = ("consenter_id", "consenter_label", "consented_at", "means", "text", "due_at")


class CaseDetailOut(serializers.Serializer[Any]):
    """A case with its path past and to come, and everything that was done in it."""

    case = CaseOut()
    consent = ConsentOut(allow_null=True)
    chain_version_id = serializers.IntegerField()
    steps = StepOut(many=True)
    to_come = PathStepOut(many=True)
    signatures = SignatureOut(many=True)


class InboxQuery(Query):
    tab = serializers.ChoiceField(
        choices=[tab.value for tab in queries.Tab], required=False, default=queries.Tab.WAITING
    )
    kind = serializers.CharField(max_length=60, required=False)
    state = serializers.ChoiceField(choices=CaseState.choices, required=False)
    project_id = IdField(required=False)


class SignIn(Body):
    """``step_id`` is the step that was shown: if another is under way, nothing is signed."""

    step_id = IdField()
    text = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, allow_blank=True, default=""
    )
    attachments = serializers.ListField(child=IdField(), required=False, max_length=50)
    for_user_id = IdField(required=False, allow_null=True)


class ReasonIn(Body):
    step_id = IdField()
    text = serializers.CharField(max_length=LONGEST_TEXT)
    for_user_id = IdField(required=False, allow_null=True)


class CaseReturnIn(ReasonIn):
    to_step_id = IdField()


class CasePersonIn(ReasonIn):
    user_id = IdField()


class SignerIn(CasePersonIn):
    where = serializers.ChoiceField(choices=[where.value for where in Where])


class NameSignerIn(Body):
    step_id = IdField()
    user_id = IdField()
    text = serializers.CharField(max_length=LONGEST_TEXT)


class ReplaceSignerIn(NameSignerIn):
    from_user_id = IdField()


class TextIn(Body):
    text = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, allow_blank=True, default=""
    )


class OneOfManyIn(Body):
    case_id = IdField()
    step_id = IdField()


class ManyIn(Body):
    """Cases of one kind, each with the step that was shown."""

    cases = OneOfManyIn(many=True, allow_empty=False)
    text = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, allow_blank=True, default=""
    )


class OneOfManyOut(serializers.Serializer[Any]):
    """``code`` is that of the refusal, empty if the case was signed."""

    case_id = serializers.IntegerField()
    step_id = serializers.IntegerField()
    number = serializers.CharField()
    is_signed = serializers.BooleanField()
    code = serializers.CharField()
    message = serializers.CharField()


# ---- delegations --------------------------------------------------------------------------------


class DelegationOut(serializers.ModelSerializer[Delegation]):
    """``valid_to`` is excluded. Without kinds or projects: all of them."""

    class Meta:
        model = Delegation
        fields = (
            "id",
            "principal_id",
            "deputy_id",
            "valid_from",
            "valid_to",
            "kinds",
            "project_ids",
            "reason",
            "created_by_label",
            "created_at",
        )


class DelegationIn(Body):
    """``principal_id``: somebody else, for whom an administrator records it."""

    deputy_id = IdField()
    principal_id = IdField(required=False, allow_null=True, default=None)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=100
    )
    project_ids = serializers.ListField(child=IdField(), required=False, max_length=1000)
    reason = serializers.CharField(max_length=200)

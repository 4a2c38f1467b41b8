"""Scores and the award."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.rounds.models.asking import Round, RoundLine
from services.procurement.rounds.models.sealing import Quote, QuoteLine


class Evaluator(CompanyModel):
    """Somebody who scores the quotes of a round."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="evaluators")
    user_id = models.BigIntegerField()
    user_label = models.CharField(max_length=140)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "user_id"], name="evaluator_once"),
        ]

    def __str__(self) -> str:
        return self.user_label


class Score(CompanyModel):
    """An evaluator's 0 to 100 for a criterion that is judged, not computed."""

    plural = _("Scores")

    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="scores")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="scores")
    criterion = models.CharField(max_length=20)
    points = models.IntegerField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluator", "quote", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=100), name="score_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.points}"


class AwardState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("In approval")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")


class Award(CompanyModel):
    """The decision for whole or split (定标), with its reason where it is not the cheapest."""

    plural = _("Awards")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="awards")
    state = models.CharField(max_length=9, choices=AwardState, default=AwardState.SUBMITTED)
    is_split = models.BooleanField(default=False)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    lowest_total = models.DecimalField(max_digits=14, decimal_places=2)  # that it is measured by
    reason = models.CharField(max_length=500, blank=True)
    proposed_by = models.BigIntegerField()
    proposed_by_label = models.CharField(max_length=140)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(state__in=["SUBMITTED", "APPROVED"]),
                name="award_one_of_round",
            ),
            # PR-23
            models.CheckConstraint(
                condition=Q(total__lte=F("lowest_total")) | ~Q(reason=""),
                name="award_dearer_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(total__gt=0, total__lte=999999999999), name="award_total_gt_0"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.total}"


class AwardLine(CompanyModel):
    """Which quote's line was chosen."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="lines")
    quote_line = models.ForeignKey(QuoteLine, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(RoundLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "line"], name="awardline_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

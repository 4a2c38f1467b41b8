from typing import ClassVar

from django.db import models

from kernel.models import CompanyModel
from kernel.text import _


class PolicyValue(CompanyModel):
    """What the company, or one of its projects, says of a setting.

    ``text`` is the value in its one spelling; ``None`` says that the inherited one counts again.
    Of a setting that is dated there is a row for each day from which another value counts.
    """

    plural: ClassVar = _("Settings")

    key = models.CharField(max_length=60)
    project_id = models.BigIntegerField(null=True)
    valid_from = models.DateField(null=True)
    text = models.TextField(null=True)  # noqa: DJ001 - nothing said is not an empty list
    set_by_id = models.BigIntegerField(null=True)
    set_by_label = models.CharField(max_length=140)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "project_id", "valid_from"],
                nulls_distinct=False,
                name="policyvalue_once_a_day",
            ),
            models.CheckConstraint(condition=~models.Q(key=""), name="policyvalue_has_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.text}"

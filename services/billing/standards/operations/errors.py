"""What may be refused when standards are drafted and confirmed."""

from kernel.duties import KeptApart
from kernel.errors import Conflict, Invalid


class ItemCodeTaken(Conflict):
    code = "standards.item-code-taken"


class ItemNameTaken(Conflict):
    code = "standards.item-name-taken"


class ItemAccountInvalid(Invalid):
    code = "standards.item-account-invalid"


class ItemUnknown(Invalid):
    code = "standards.item-unknown"


class StandardNameTaken(Conflict):
    code = "standards.name-taken"


class StandardInUse(Conflict):
    code = "standards.in-use"


class NameMissing(Invalid):
    code = "standards.name-missing"


class NotDraft(Conflict):
    code = "standards.not-a-draft"


class NotYourDraft(Conflict):
    code = "standards.not-your-draft"


class DraftChanged(Conflict):
    code = "standards.draft-changed"


class ConfirmedByDrafter(KeptApart, Conflict):
    """BL-01, SoD-01: whoever set a charge up does not authorise it."""

    code = "standards.confirmed-by-drafter"


class UnusualPrice(Conflict):
    """Asked again with ``confirm_unusual=True`` it is taken; ``details["change"]`` is a share."""

    code = "standards.unusual-price"


class VersionOverlaps(Conflict):
    """``details["number"]`` names the other version."""

    code = "standards.version-overlaps"


class MonthBilledAlready(Conflict):
    """``details["earliest"]`` is the first month that can still be chosen."""

    code = "standards.month-billed-already"


class ReasonMissing(Invalid):
    code = "standards.reason-missing"


class AssignmentInvalid(Invalid):
    code = "standards.assignment-invalid"


class UnitAssignedAlready(Conflict):
    code = "standards.unit-assigned-already"


class NothingToConfirm(Conflict):
    code = "standards.nothing-to-confirm"

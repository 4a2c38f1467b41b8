"""Writes of fee items, standards, versions and assignments. Each call is one transaction."""

from services.billing.standards.operations.assignments import (
    assign_by_rule,
    assign_unit,
    confirm_assignments,
    end_assignment,
    exclude_unit,
    remove_draft_assignment,
)
from services.billing.standards.operations.drafts import (
    FigureChanges,
    draft_version,
    update_draft,
)
from services.billing.standards.operations.errors import (
    AssignmentInvalid,
    ConfirmedByDrafter,
    ItemAccountInvalid,
    ItemCodeTaken,
    ItemNameTaken,
    ItemUnknown,
    MonthBilledAlready,
    NameMissing,
    NotDraft,
    NothingToConfirm,
    NotYourDraft,
    ReasonMissing,
    StandardInUse,
    StandardNameTaken,
    UnitAssignedAlready,
    UnusualPrice,
    VersionOverlaps,
)
from services.billing.standards.operations.items import change_item, create_item, seed_items
from services.billing.standards.operations.standards import (
    create_standard,
    delete_standard,
    rename_standard,
)
from services.billing.standards.operations.versions import (
    confirm_version,
    end_version,
    withdraw_version,
)

__all__ = [
    "AssignmentInvalid",
    "ConfirmedByDrafter",
    "FigureChanges",
    "ItemAccountInvalid",
    "ItemCodeTaken",
    "ItemNameTaken",
    "ItemUnknown",
    "MonthBilledAlready",
    "NameMissing",
    "NotDraft",
    "NotYourDraft",
    "NothingToConfirm",
    "ReasonMissing",
    "StandardInUse",
    "StandardNameTaken",
    "UnitAssignedAlready",
    "UnusualPrice",
    "VersionOverlaps",
    "assign_by_rule",
    "assign_unit",
    "change_item",
    "confirm_assignments",
    "confirm_version",
    "create_item",
    "create_standard",
    "delete_standard",
    "draft_version",
    "end_assignment",
    "end_version",
    "exclude_unit",
    "remove_draft_assignment",
    "rename_standard",
    "seed_items",
    "update_draft",
    "withdraw_version",
]

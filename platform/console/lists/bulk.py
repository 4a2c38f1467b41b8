"""What can be done with several rows of a list at once."""

from dataclasses import dataclass

from django.utils.functional import Promise

from kernel.access import Action


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """A button of the bulk bar.

    The view has a method ``bulk_<key>(self, rows)`` that takes the selected rows as a queryset
    and returns a response; ``action`` is what the actor must hold for it.
    """

    key: str
    label: str | Promise
    action: Action
    icon: str = ""
    confirm: str | Promise = ""
    is_danger: bool = False

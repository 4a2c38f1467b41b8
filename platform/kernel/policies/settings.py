"""What the catalogue is made of: settings in groups."""

from dataclasses import dataclass, field
from typing import Any, Final

from kernel.access.actions import Action
from kernel.policies.kinds import Kind, Lines, Text


class _Unset:
    """No default may be shipped: the company enters the figure, or the function refuses."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``P:`` key of the handbook, or one that the product added.

    ``given`` is the default: its text, the items of a list, or ``UNSET``. ``rules`` are the
    handbook's; with ``is_proposed`` the default is the handbook's proposal and no source's
    figure. What money depends on ``is_dated``: a value counts from a day on, never before.
    """

    key: str
    kind: Kind
    given: str | tuple[Text, ...] | _Unset
    name: Text = field(kw_only=True)
    help: Text = field(kw_only=True)
    rules: str = field(kw_only=True)
    unit: Text = field(kw_only=True, default="")
    is_proposed: bool = field(kw_only=True, default=False)
    is_dated: bool = field(kw_only=True, default=False)
    per_project: bool = field(kw_only=True, default=True)
    # The route of the page that decides it: it takes more than a value.
    decided_at: str = field(kw_only=True, default="")

    @property
    def default(self) -> Any:
        """The default, typed; ``None`` if there may be none."""
        if isinstance(self.given, _Unset):
            return None
        if isinstance(self.given, tuple):
            return tuple(map(str, self.given))
        return self.kind.parse(self.given)

    @property
    def action(self) -> Action:
        """What it takes to change it: what owners pay is the property manager's (BL-01)."""
        return Action.POLICY_CHANGE_MONEY if self.is_dated else Action.POLICY_CHANGE

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together, and the module that works by them."""

    key: str
    name: Text
    module: str
    settings: tuple[Setting, ...]


def lines(*items: Text) -> tuple[Text, ...]:
    """Return the default of a list: its items, said in the reader's language."""
    return items


def is_list(setting: Setting) -> bool:
    return isinstance(setting.kind, Lines)

"""What a part of the portal tells a vendor: what waits for him."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.vendors.views import VendorView


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits; ``word`` with its ``tone`` stands beside it."""

    label: Any
    url: str
    icon: str
    tone: str = ""
    word: Any = ""


# Listed in ``home``.
WaitingSource = Callable[[VendorView], list[Waiting]]

"""What a part of the portal tells a vendor: what waits for him, and what has happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that happened, and where it is looked at."""

    at: datetime
    text: Any
    url: str
    icon: str


# Listed in ``home`` and ``messages``.
WaitingSource = Callable[[VendorView], list[Waiting]]
MessageSource = Callable[[VendorView], list[Message]]

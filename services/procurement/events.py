"""What is recorded here, in words. A block for each part, by its events' names."""

from typing import Any, Final

EVENTS: Final[dict[str, Any]] = {}

"""The refusals of duties that would meet in one hand."""

from kernel.access.actors import ActionDenied
from kernel.errors import Denied, DomainError


class KeptApart(DomainError):
    """Somebody else must do this, because of what the actor did before.

    A mark beside an error's kind; the security log tells these from other refusals.
    """


class DutiesMeet(KeptApart, Denied):
    """Two duties of the handbook's table would meet in one person; ``details["rule"]`` which."""

    code = "duties.meet"


class DutiesDenied(DutiesMeet, ActionDenied):
    """The actor lacks the action, and could not be given it: he carries the other duty."""

"""The refusals of duties that would meet in one hand."""

from kernel.errors import Denied


class KeptApart(Denied):
    """Somebody else must do this, because of what the actor did before."""

    code = "duties.kept-apart"


class DutiesMeet(KeptApart):
    """Two duties of the handbook's table would meet in one person; ``details["rule"]`` which."""

    code = "duties.meet"

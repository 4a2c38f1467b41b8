"""What may be refused of requests and budgets."""

from kernel.errors import Conflict, Denied, Invalid


class RequestInvalid(Invalid):
    code = "procurement.request-invalid"


class ClassWrong(Invalid):
    """``details["class"]`` is the class that the goods have."""

    code = "procurement.class-wrong"


class RequestStateWrong(Conflict):
    code = "procurement.request-state"


class ReallocationMissing(Conflict):
    code = "procurement.reallocation-missing"


class LineTaken(Conflict):
    """More than is left of a line; ``details["left"]`` says how much is, by the line's id."""

    code = "procurement.line-taken"


class NothingLeft(Conflict):
    code = "procurement.nothing-left"


class NotToBuy(Conflict):
    """The request is not approved, nor consented to."""

    code = "procurement.not-to-buy"


class SpentTooMuchBack(Conflict):
    code = "procurement.spent-too-much-back"


class PersonNeeded(Denied):
    code = "procurement.person-needed"


class BudgetInvalid(Invalid):
    code = "procurement.budget-invalid"


class BudgetChanged(Conflict):
    """Somebody else has set the budget since it was shown."""

    code = "procurement.budget-changed"


class NotYourRequest(Denied):
    code = "procurement.not-your-request"

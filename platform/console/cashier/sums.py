"""What the counter shows while a payment is being put together. Nothing here is booked."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from console.cashier.forms import TakePayment
from kernel.money import MAX_AMOUNT, in_capitals
from services.billing.cashier.models import PaymentMethod

_NOTES = (Decimal(10), Decimal(50), Decimal(100))


@dataclass(frozen=True, slots=True)
class Sums:
    """``due`` is what will be taken, ``rest`` what stays open of the chosen bills."""

    count: int
    chosen: Decimal
    due: Decimal
    rest: Decimal
    change: Decimal | None
    is_short: bool

    @property
    def capitals(self) -> str:
        return in_capitals(self.due)

    @property
    def quick(self) -> list[Decimal]:
        """The amount itself and what one is likely to be handed for it."""
        if self.due <= 0:
            return []
        rounded = ((self.due / note).to_integral_value(ROUND_CEILING) * note for note in _NOTES)
        return sorted({self.due, *(amount.quantize(self.due) for amount in rounded)})


def sums_of(form: TakePayment) -> Sums:
    """Return the sums of a form as it is filled in so far, whatever else is wrong with it."""
    form.is_valid()
    values = form.cleaned_data
    chosen = min(values.get("expected_total") or Decimal("0.00"), MAX_AMOUNT)
    due = min(values.get("amount") or chosen, MAX_AMOUNT)
    tendered = values.get("tendered") if values.get("method") == PaymentMethod.CASH else None
    change = None if tendered is None else tendered - due
    return Sums(
        count=len(values.get("line_ids", [])),
        chosen=chosen,
        due=due,
        rest=max(chosen - due, Decimal("0.00")),
        change=change,
        is_short=change is not None and change < 0,
    )

"""What is recorded here, in words. A block for each part, by its events' names."""

from typing import Any, Final

from kernel.text import _

EVENTS: Final[dict[str, Any]] = {
    # Catalogue
    "procurement.category.changed": _("Category of goods changed"),
    "procurement.category.created": _("Category of goods entered"),
    "procurement.item.changed": _("Article changed"),
    "procurement.item.created": _("Article entered"),
    "procurement.item.restored": _("Article taken up again"),
    "procurement.item.retired": _("Article taken out of use"),
    # Vendors' people
    "procurement.contact.joined": _("Contact took up his invitation"),
    # Contracts
    "procurement.contract.archived": _("Contract archived"),
    "procurement.contract.cancelled": _("Contract given up"),
    "procurement.contract.changed": _("Draft of a contract changed"),
    "procurement.contract.distributed": _("Copies of a contract given out"),
    "procurement.contract.drafted": _("Contract drafted"),
    "procurement.contract.ended": _("Contract ended"),
    "procurement.contract.permitted": _("Contract permitted by its joint review"),
    "procurement.contract.returned": _("Contract returned by its joint review"),
    "procurement.contract.signed": _("Contract signed and sealed"),
    "procurement.contract.submitted": _("Contract submitted to its joint review"),
    # Requests
    "procurement.budget.set": _("Purchasing budget set"),
    "procurement.request.approved": _("Purchase request approved"),
    "procurement.request.cancelled": _("Purchase request cancelled"),
    "procurement.request.changed": _("Purchase request changed"),
    "procurement.request.consented": _("Verbal consent to an emergency purchase logged"),
    "procurement.request.created": _("Purchase request written"),
    "procurement.request.reallocation-noted": _("Existing goods looked for"),
    "procurement.request.submitted": _("Purchase request submitted"),
    # Rounds of quotes
    "procurement.invitation.asked": _("A vendor asked about a round"),
    "procurement.invitation.declined": _("A vendor declined to quote"),
    "procurement.opener-key.made": _("Key for opening quotes made"),
    "procurement.opener-key.passphrase-changed": _("Passphrase of a key changed"),
    "procurement.opener-key.replaced": _("Key for opening quotes replaced"),
    "procurement.quote.came-late": _("A quote came after the deadline and was refused"),
    "procurement.quote.sent": _("Sealed quote sent"),
    "procurement.quote.withdrawn": _("Sealed quote taken back"),
    "procurement.round.amended": _("Round amended"),
    "procurement.round.cancelled": _("Round cancelled"),
    "procurement.round.changed": _("Draft of a round changed"),
    "procurement.round.drafted": _("Round drafted"),
    "procurement.round.fewer-allowed": _("Fewer quotes allowed"),
    "procurement.round.fewer-asked": _("Fewer quotes asked for"),
    "procurement.round.opened": _("Quotes opened"),
    "procurement.round.published": _("Round published"),
    "procurement.round.question-answered": _("Question of a vendor answered"),
    "procurement.round.released": _("Part of a round's key released"),
    "procurement.round.reminded": _("Silent vendors reminded"),
    # Stock
    "procurement.asset.entered": _("Fixed asset entered"),
    "procurement.asset.handed-over": _("Fixed asset handed over"),
    "procurement.asset.moved": _("Fixed asset moved"),
    "procurement.asset.repaired": _("Fixed asset back from repair"),
    "procurement.asset.scrapped": _("Fixed asset scrapped"),
    "procurement.asset.sent-to-repair": _("Fixed asset sent to repair"),
    "procurement.asset.taken-back": _("Fixed asset taken back"),
    "procurement.count.article-added": _("Article added to a stock count"),
    "procurement.count.booked": _("Stock count booked"),
    "procurement.count.cancelled": _("Stock count given up"),
    "procurement.count.counted-again": _("Articles to be counted again"),
    "procurement.count.entered": _("Article counted"),
    "procurement.count.finished": _("Everything counted"),
    "procurement.count.started": _("Stock count begun"),
    "procurement.count.submitted": _("Stock count submitted"),
    "procurement.issue.given-back": _("Issued goods given back"),
    "procurement.issue.made": _("Goods issued"),
    "procurement.minimum.set": _("Minimum of an article set"),
    "procurement.opening.entered": _("Opening stock entered"),
    "procurement.transfer.made": _("Goods transferred"),
    "procurement.warehouse.changed": _("Warehouse changed"),
    "procurement.warehouse.created": _("Warehouse opened"),
}
OBJECTS: Final[dict[str, Any]] = {
    # Catalogue
    "procurement.category": _("Category of goods"),
    "procurement.item": _("Article"),
    # Contracts
    "procurement.contract": _("Contract"),
    # Requests
    "procurement.budget": _("Purchasing budget"),
    "procurement.purchaserequest": _("Purchase request"),
    # Rounds of quotes
    "procurement.invitation": _("Invitation to quote"),
    "procurement.openerkey": _("Key for opening quotes"),
    "procurement.quote": _("Quote"),
    "procurement.round": _("Round of quotes"),
    # Stock
    "procurement.asset": _("Fixed asset"),
    "procurement.issue": _("Issue of goods"),
    "procurement.stockbalance": _("Article in a warehouse"),
    "procurement.stockcount": _("Stock count"),
    "procurement.transfer": _("Transfer of goods"),
    "procurement.warehouse": _("Warehouse"),
}

"""How what is known of a vendor is told in his column."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.procurement.scorecards.queries import Cooperation


def spell_cooperation(record: Cooperation) -> str:
    """Return ``9 orders in 12 months, on time 100%, …``; what cannot be judged is left out."""
    if record.is_first:
        return _("First co-operation")
    said = [
        ngettext("%(count)d order in 12 months", "%(count)d orders in 12 months", record.orders)
        % {"count": record.orders}
    ]
    if record.on_time_percent is not None:
        said.append(_("on time %(percent)s%%") % {"percent": record.on_time_percent})
    if record.quality_percent is not None:
        said.append(
            _("lines taken in without refusal %(percent)s%%") % {"percent": record.quality_percent}
        )
    if record.disputes:
        said.append(
            _("objections %(count)d, open %(open)d")
            % {"count": record.disputes, "open": record.disputes_open}
        )
    return _(", ").join(said)

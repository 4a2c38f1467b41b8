"""Which settings are kept already, and nothing works by them yet: their function is still to come.

People are told so beside each. A setting leaves this list with the code that reads it.
"""

from typing import Final

# All settings of these modules, while none of them is there.
MODULES: Final = frozenset({"customer_service", "staffing"})

KEYS: Final = frozenset(
    {
        # Organisation and files
        "archive.customer_file_checklist", "committee.members", "org.departments",
        "project.setup_checklist", "registry.poi_refresh_months",
        "retention.violation_general_years", "retention.violation_major_years",
        # Documents, keys, cards
        "card.fee_amount", "card.fee_on", "card.replacement_fee", "card.types",
        "contact_sheet.return_hours", "keys.count_period", "keys.loan_max_hours", "loan.deposit",
        "loan.max_hours", "notice.approval", "publish.accounts_period", "report.period",
        # Billing
        "billing.entry_from", "billing.entry_to", "budget.office_month", "close.hour",
        "close.large_cash", "close.outlets", "custody.fee_rate", "deposit.kinds", "dunning.ladder",
        "dunning.post_after_months", "dunning.posting", "dunning.sue_amount",
        "dunning.weekend_visits", "fee.kinds", "fee.shop_prepay", "heating.benefit_store_rate",
        "heating.first_season_payer", "heating.vacant_rate", "incentive.scheme", "latefee.cap",
        "latefee.daily_rate", "latefee.grace_days", "meter.common_period", "meter.main_day",
        "meter.submit_day", "meter.water_period", "month.arrears_day", "notice.days_before_due",
        "parking.forms", "parking.handover_hours", "parking.temp_day_cap",
        "parking.temp_first_free_minutes", "parking.temp_per_hour", "parking.ticket_min_stock",
        "pay.payroll", "prepaid.check", "rent.period", "rent.reminders_before_termination",
        # Procurement. Who approves, and in which order, the chains of purchases say: a setting
        # beside them would be a second truth.
        "purchase.chain",
        # Targets and modules
        "kpi.building", "kpi.collection_accuracy", "kpi.complaint_handled", "kpi.complaint_revisit",
        "kpi.complaint_signed_satisfied", "kpi.customer_familiarity", "kpi.equipment",
        "kpi.file_complete", "kpi.file_rate", "kpi.major_accidents",
        "kpi.paid_service_satisfaction", "kpi.plants", "kpi.repair_quality", "kpi.repair_revisit",
        "kpi.repair_timely", "kpi.revisit_handling", "kpi.road", "kpi.satisfaction", "kpi.training",
        "kpi.valid_complaint_rate_max", "module.bookings", "module.canteen", "module.show_site",
        "module.telephone_lines",
    }
)  # fmt: skip

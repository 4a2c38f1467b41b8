"""Which version applies to which unit, and what it comes to, for a whole project in one statement.

The texts are common table expressions and expressions for the statement of a caller; nothing of
a user's is ever put into them, values go in as the parameters ``project_id`` and ``period`` (the
first day of the month that is billed). :mod:`.rules` says the same in Python for a single line,
and ``tests/services/billing/standards/test_sql.py`` proves that both agree to the cent.

A caller writes::

    WITH {SCOPE_OF_PROJECT}, {APPLICABLE}, {TIERS}
    SELECT … FROM applicable a
    JOIN scope u USING (unit_id) LEFT JOIN live_version v USING (version_id)

or brings a narrower ``scope`` of his own with the same columns.
"""

# Every unit that may be billed. A run that works in chunks adds its range of households.
SCOPE_OF_PROJECT = """
scope AS (
    SELECT id AS unit_id, household_id, kind, state, building_id, built_area, inner_area
    FROM properties_unit
    WHERE project_id = %(project_id)s AND is_active
)"""

# One row per unit and item that any confirmed assignment reaches: ``version_id`` if exactly one
# version in force applies, else null and the ``problem``, a value of ``runs.SkipReason``.
# A unit named by itself beats the rules of every standard of the item; a unit taken out of a
# standard is out of its rules; among rules, a standard without a version in force stands back.
APPLICABLE = """
live_version AS (
    SELECT v.id AS version_id, v.standard_id, s.item_id, v.method, v.area_basis, v.meter_kind,
           v.price, v.tiers, v.reduced_rate, v.reduced_states, v.usage_lag_months
    FROM billing_feeversion v
    JOIN billing_feestandard s ON s.id = v.standard_id
    WHERE s.project_id = %(project_id)s AND s.is_active AND v.state = 'CONFIRMED'
      AND v.valid_from <= %(period)s AND (v.valid_to IS NULL OR v.valid_to > %(period)s)
),
live_assignment AS (
    SELECT a.id, a.unit_id, a.is_excluded, a.kinds, a.states, a.standard_id, s.item_id,
           v.version_id
    FROM billing_feeassignment a
    JOIN billing_feestandard s ON s.id = a.standard_id
    LEFT JOIN live_version v ON v.standard_id = a.standard_id
    WHERE s.project_id = %(project_id)s AND s.is_active AND a.state = 'CONFIRMED'
      AND a.valid_from <= %(period)s AND (a.valid_to IS NULL OR a.valid_to > %(period)s)
),
live_rule AS MATERIALIZED (
    SELECT l.*, ARRAY(SELECT b.building_id FROM billing_feeassignment_buildings b
                      WHERE b.feeassignment_id = l.id) AS buildings
    FROM live_assignment l WHERE l.unit_id IS NULL
),
named_unit AS (
    SELECT unit_id, item_id, standard_id, version_id, is_excluded
    FROM live_assignment WHERE unit_id IS NOT NULL
),
candidate AS (
    SELECT u.unit_id, n.item_id, n.version_id
    FROM scope u JOIN named_unit n ON n.unit_id = u.unit_id AND NOT n.is_excluded
    UNION ALL
    SELECT u.unit_id, r.item_id, r.version_id
    FROM scope u
    JOIN live_rule r
      ON (r.kinds = '{}' OR u.kind = ANY (r.kinds))
     AND (r.states = '{}' OR u.state = ANY (r.states))
     AND (r.buildings = '{}' OR u.building_id = ANY (r.buildings))
    LEFT JOIN named_unit n
      ON n.unit_id = u.unit_id AND n.item_id = r.item_id
     AND (NOT n.is_excluded OR n.standard_id = r.standard_id)
    WHERE n.unit_id IS NULL
),
applicable AS (
    SELECT unit_id, item_id,
           CASE WHEN min(version_id) = max(version_id) THEN min(version_id) END AS version_id,
           CASE WHEN max(version_id) IS NULL THEN 'NO_VERSION'
                WHEN min(version_id) <> max(version_id) THEN 'TWO_STANDARDS'
                ELSE '' END AS problem
    FROM candidate
    GROUP BY unit_id, item_id
)"""

# The tiers of the versions in force, a row each; a metered version without tiers has one.
# Materialized, like the rules: or they would be read out of their JSON again for every line.
TIERS = """
tier AS MATERIALIZED (
    SELECT v.version_id, (t.value ->> 'price')::numeric AS price,
           coalesce(lag((t.value ->> 'up_to')::numeric)
                    OVER (PARTITION BY v.version_id ORDER BY t.number), 0) AS above,
           (t.value ->> 'up_to')::numeric AS up_to
    FROM live_version v
    CROSS JOIN LATERAL jsonb_array_elements(v.tiers) WITH ORDINALITY AS t (value, number)
    WHERE v.method = 'TIERED_METER'
    UNION ALL
    SELECT v.version_id, v.price, 0, NULL
    FROM live_version v
    WHERE v.method = 'TIERED_METER' AND v.tiers = '[]' AND v.price IS NOT NULL
)"""

# The share of units whose state changed in the month that is billed, or later: by the days in each
# state (handbook 3.6.4, rule 1), to four places. A row only where a version reduces and a change
# is known; everywhere else ``rate`` of the present state holds. Materialized: it is small.
MONTH_SHARES = """
state_change AS (
    SELECT c.unit_id, c.from_state, c.to_state,
           least(c.effective_on, m.ends) AS begins,
           least(coalesce(lead(c.effective_on) OVER w, m.ends), m.ends) AS ends,
           row_number() OVER w AS number, m.ends - %(period)s::date AS month_days
    FROM properties_unitstatechange c
    JOIN scope u ON u.unit_id = c.unit_id
    CROSS JOIN (VALUES ((%(period)s::date + interval '1 month')::date)) AS m (ends)
    WHERE c.effective_on > %(period)s
    WINDOW w AS (PARTITION BY c.unit_id ORDER BY c.effective_on, c.id)
),
state_days AS (
    SELECT unit_id, from_state AS state, begins - %(period)s::date AS days, month_days
    FROM state_change WHERE number = 1
    UNION ALL
    SELECT unit_id, to_state, ends - begins, month_days FROM state_change
),
month_share AS MATERIALIZED (
    SELECT d.unit_id, v.version_id,
           round(sum(d.days * CASE WHEN d.state = ANY (v.reduced_states) THEN v.reduced_rate
                                   ELSE 1 END) / d.month_days, 4) AS rate
    FROM state_days d CROSS JOIN live_version v
    WHERE v.reduced_states <> '{}'
    GROUP BY d.unit_id, v.version_id, d.month_days
)"""

# The units that the assignments of one standard reach in a month, drafts included: what its page
# shows before anybody has confirmed. Needs ``scope``; parameters standard_id and period.
MEMBERS = """
own_assignment AS (
    SELECT a.unit_id, a.is_excluded, a.kinds, a.states,
           ARRAY(SELECT b.building_id FROM billing_feeassignment_buildings b
                 WHERE b.feeassignment_id = a.id) AS buildings
    FROM billing_feeassignment a
    WHERE a.standard_id = %(standard_id)s
      AND a.valid_from <= %(period)s AND (a.valid_to IS NULL OR a.valid_to > %(period)s)
),
own_rule AS (SELECT * FROM own_assignment WHERE unit_id IS NULL),
own_unit AS (SELECT * FROM own_assignment WHERE unit_id IS NOT NULL),
member AS (
    SELECT u.*
    FROM scope u
    LEFT JOIN own_unit n ON n.unit_id = u.unit_id
    WHERE NOT n.is_excluded
       OR (n.unit_id IS NULL
           AND EXISTS (SELECT 1 FROM own_rule r
                       WHERE (r.kinds = '{}' OR u.kind = ANY (r.kinds))
                         AND (r.states = '{}' OR u.state = ANY (r.states))
                         AND (r.buildings = '{}' OR u.building_id = ANY (r.buildings))))
)"""

# The last month of the item that is billed, or in the draft of a run that is open, for a member or
# by a version of the standard. Runs lie above: their tables are named here, not their models.
LAST_BILLED = """
SELECT max(l.period)
FROM (
    SELECT period, unit_id, version_id
    FROM billing_billline
    WHERE project_id = %(project_id)s AND item_id = %(item_id)s AND NOT is_reversed
      AND period >= %(period)s
    UNION ALL
    SELECT r.period, d.unit_id, d.version_id
    FROM billing_billrun r JOIN billing_draftline d ON d.run_id = r.id
    WHERE r.project_id = %(project_id)s AND d.item_id = %(item_id)s AND r.period >= %(period)s
      AND r.state IN ('COMPUTING', 'PREVIEW', 'CHECKED', 'POSTING', 'FAILED')
) l
WHERE l.unit_id IN (SELECT unit_id FROM member)
   OR l.version_id IN (SELECT id FROM billing_feeversion WHERE standard_id = %(standard_id)s)
"""

# What each member's meters of a kind used in the last month that has readings of the project;
# readings are metering's table.
LAST_CONSUMPTION = """
consumption AS (
    SELECT m.unit_id, sum(r.consumption) AS consumption
    FROM billing_reading r
    JOIN properties_meter m ON m.id = r.meter_id AND m.kind = %(meter_kind)s
    WHERE r.project_id = %(project_id)s AND r.consumption IS NOT NULL
      AND r.usage_month = (
          SELECT max(r.usage_month)
          FROM billing_reading r
          JOIN properties_meter m ON m.id = r.meter_id AND m.kind = %(meter_kind)s
          WHERE r.project_id = %(project_id)s AND r.consumption IS NOT NULL)
    GROUP BY m.unit_id
)"""

# Stands in for the versions in force where metered figures are tried out.
TRIAL_VERSION = """
live_version (version_id, method, price, tiers) AS (
    VALUES (1, 'TIERED_METER', %(price)s::numeric, %(tiers)s::jsonb)
)"""


def rate(unit: str = "u", version: str = "v") -> str:
    """Return the share charged of a unit in its present state; both are aliases of the caller's.

    A run lets ``MONTH_SHARES`` go before.
    """
    return (
        f"CASE WHEN {unit}.state = ANY ({version}.reduced_states)"
        f" THEN {version}.reduced_rate ELSE 1.0000 END"
    )


def area(unit: str = "u", version: str = "v") -> str:
    """Return the charging area in m², null if it is not known."""
    return (
        f"CASE {version}.area_basis WHEN 'INNER' THEN {unit}.inner_area ELSE {unit}.built_area END"
    )


def flat_amount(quantity: str, price: str, rate: str) -> str:
    """Return the amount per area or of a fixed fee: the full fee to the cent, then its share.

    The arguments are expressions. Both roundings are half up: PostgreSQL rounds numerics half
    away from zero, and no fee is negative, so that this is ``round_money``.
    """
    return f"round(round({quantity} * {price}, 2) * {rate}, 2)"


def tiered_amount(consumption: str, version_id: str, rate: str) -> str:
    """Return the amount of a consumption in the tiers of a version; needs ``TIERS``.

    The arguments are expressions. Limits are inclusive; the slabs add up before they are
    rounded, the share is taken of that.
    """
    slab = f"greatest(least({consumption}, coalesce(t.up_to, {consumption})) - t.above, 0)"
    return (
        f"(SELECT round(round(coalesce(sum({slab} * t.price), 0), 2) * {rate}, 2)"  # noqa: S608 - expressions
        f" FROM tier t WHERE t.version_id = {version_id})"
    )

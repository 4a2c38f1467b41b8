"""A list of disposal is the proof of it, a request the register of who was let in (SH-25, SH-71)."""

from django.db import migrations

from kernel.sql import append_only, only_columns_change


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only")]

    operations = [
        append_only("records_disposalitem"),
        only_columns_change(
            "records_disposal",
            ("state", "case_id", "done_at", "done_by_label"),
            "OLD.state <> 'WAITING'",
            instead="make another list",
        ),
        # A grant is ended, never lengthened.
        only_columns_change(
            "records_accessrequest",
            (
                "state",
                "case_id",
                "registered_by",
                "registered_by_label",
                "granted_at",
                "expires_at",
                "ended_at",
            ),
            """
            OLD.state IN ('REJECTED', 'WITHDRAWN', 'ENDED') OR OLD.state = 'GRANTED' AND (
                NEW.state NOT IN ('GRANTED', 'ENDED')
                OR (NEW.registered_by, NEW.granted_at, NEW.expires_at)
                    IS DISTINCT FROM (OLD.registered_by, OLD.granted_at, OLD.expires_at)
            )
            """,
            instead="ask anew",
        ),
        only_columns_change(
            "records_legalhold",
            ("lifted_at", "lifted_by_label", "lift_reason"),
            "OLD.lifted_at IS NOT NULL",
            instead="lift it, place another",
        ),
    ]

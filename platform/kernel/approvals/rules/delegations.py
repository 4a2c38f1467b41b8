"""When a deputy may act, and that delegations do not go in a circle. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """Somebody signs for somebody else from a day on until another, which is excluded.

    Empty ``kinds`` or ``project_ids`` mean all of them.
    """

    principal_id: int
    deputy_id: int
    valid_from: date
    valid_to: date
    kinds: frozenset[str] = frozenset()
    project_ids: frozenset[int] = frozenset()

    def covers(self, *, kind: str, project_id: int | None, today: date) -> bool:
        """Tell whether the deputy may act in a case of ``kind`` in the project today."""
        return (
            self.valid_from <= today < self.valid_to
            and (not self.kinds or kind in self.kinds)
            and (not self.project_ids or project_id in self.project_ids)
        )

    def meets(self, other: "Mandate") -> bool:
        """Tell whether both count for some case on some day."""
        return (
            self.valid_from < other.valid_to
            and other.valid_from < self.valid_to
            and (not self.kinds or not other.kinds or bool(self.kinds & other.kinds))
            and (
                not self.project_ids
                or not other.project_ids
                or bool(self.project_ids & other.project_ids)
            )
        )


def closes_circle(mandate: Mandate, others: Collection[Mandate]) -> bool:
    """Tell whether, with ``mandate``, somebody would come to stand in for himself.

    Those that share a day and a matter with the new one count; each pair of neighbours need not.
    """
    relevant = [other for other in others if other.meets(mandate)]
    reached, waiting = set[int](), [mandate.deputy_id]
    while waiting:
        person = waiting.pop()
        if person == mandate.principal_id:
            return True
        if person not in reached:
            reached.add(person)
            waiting.extend(_deputies(person, relevant))
    return False


def _deputies(person: int, mandates: Iterable[Mandate]) -> list[int]:
    return [mandate.deputy_id for mandate in mandates if mandate.principal_id == person]

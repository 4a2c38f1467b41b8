"""Marks of revisions and what a paper of them bears. Pure."""

import re

from kernel.errors import Invalid
from kernel.text import _

LAST_REVISION = 9  # the revision is a digit (SH-41); after it comes a new edition
_DEPARTMENT = re.compile(r"[A-Z]{1,8}", re.ASCII)


class DepartmentInvalid(Invalid):
    code = "manuals.department-invalid"


class EditionsUsedUp(Invalid):
    code = "manuals.editions-used-up"


def next_mark(edition: str, revision: int, *, is_new_edition: bool) -> tuple[str, int]:
    """Return edition and revision that follow: A0 → A1, A9 → B0; a new edition begins at 0.

    :raises EditionsUsedUp: after Z9.
    """
    if not is_new_edition and revision < LAST_REVISION:
        return edition, revision + 1
    if edition == "Z":
        raise EditionsUsedUp(_("There is no edition after Z. Make a new document."))
    return chr(ord(edition) + 1), 0


def department(text: str) -> str:
    """Return a department's letters as numbers bear them: ``KF``.

    :raises DepartmentInvalid: if they are none.
    """
    letters = text.strip().upper()
    if not _DEPARTMENT.fullmatch(letters):
        raise DepartmentInvalid(
            _("The department is given by one to eight letters, such as KF."), field="department"
        )
    return letters


def plain(label: str) -> str:
    """Return a person's name without his user name, as papers bear it."""
    name, _space, username = label.rpartition(" (")
    return name if name and username.endswith(")") else label

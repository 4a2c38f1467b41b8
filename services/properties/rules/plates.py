"""Number plates."""

import re

from kernel.errors import Invalid
from kernel.tabular import clean
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import squeeze
from kernel.text import _


class PlateInvalid(Invalid):
    code = "properties.plate-invalid"


def plate(text: str) -> str:
    """Return a plate in its normal form, ``浙A12345`` or ``浙AD12345``.

    :raises PlateInvalid: if it is no plate.
    """
    try:
        value = clean.plate(text)
    except CellProblem:
        value = None
    if value is None:
        raise PlateInvalid(
            _("This is no plate: it begins with the province, as in 浙A12345."), field="plate"
        )
    return value


def plate_like(text: str) -> str:
    """Return the part of a plate that ``text`` may be, ``""`` if it can be none.

    People type the end of a plate, or all of it without the province: at least three signs.
    """
    value = re.sub(r"[·•.\-]", "", squeeze(text)).upper()
    return (
        value if re.fullmatch(r"[\u4e00-\u9fff]?[A-Z0-9]{2,7}[A-Z0-9挂学警港澳领]", value) else ""
    )

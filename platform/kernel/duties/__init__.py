"""Separation of duties: the 33 pairs, exemptions and conflicts.

    duties.require_apart("SoD-04", actor=actor, earlier=[run.prepared_by], subject=run, ...)

in ``kernel.duties.operations``; the pairs are data in ``catalogue``, what follows from them pure in
``rules``.
"""

from kernel.duties.catalogue import PAIRS
from kernel.duties.errors import DutiesMeet, KeptApart
from kernel.duties.pair import Basis, Level, Mode, Pair
from kernel.duties.steps import Step

__all__ = ["PAIRS", "Basis", "DutiesMeet", "KeptApart", "Level", "Mode", "Pair", "Step"]

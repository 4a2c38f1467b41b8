"""What can be wrong with an uploaded file or one of its cells, as stable codes."""

from collections.abc import Mapping


class FileRefused(Exception):
    """The file as a whole cannot be used.

    :param code: stable name of the reason, e.g. ``file.too-large``.
    :param params: figures for the sentence shown to people, e.g. ``{"limit_mb": 20}``.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = params


class CellProblem(Exception):
    """One cell cannot be used as what it should be.

    :param code: stable name of the reason, e.g. ``not-a-number``.
    :param raw: the cell as people typed it, cut to a length fit to show.
    """

    RAW_LENGTH = 80

    def __init__(self, code: str, raw: object) -> None:
        super().__init__(code)
        self.code = code
        self.raw = str("" if raw is None else raw)[: self.RAW_LENGTH]

"""Parts of the portal's addresses."""


class PlaceConverter:
    """A company by its short name; for the contact of several of its vendors with his number."""

    regex = r"[a-z][a-z0-9-]{2,39}(?:\.[0-9]{1,18})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value

"""How often something may be tried. Counted in the cache, so within one company."""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds, counted apart for each ``part``, e.g. an address.

    The part is never kept in clear.
    """

    name: str
    most: int
    seconds: int

    def count(self, part: str) -> bool:
        """Count one try; tell whether it is among the first ``most`` of its window."""
        key = self._key(part)
        cache.add(key, 0, self.seconds)
        try:
            tried = int(cache.incr(key))
        except ValueError:  # the window ended between the two
            tried = 1
            cache.set(key, tried, self.seconds)
        if tried == 1:
            # Redis looks and adds in two steps: if the window ended between them, the count has
            # begun anew without an end, and what is counted would be barred for ever.
            cache.touch(key, self.seconds)
        return tried <= self.most

    def is_reached(self, part: str) -> bool:
        """Tell whether the next try would be one too many; counts nothing."""
        return int(cache.get(self._key(part), 0)) >= self.most

    def forget(self, part: str) -> None:
        """Begin again: what was tried has come right."""
        cache.delete(self._key(part))

    def _key(self, part: str) -> str:
        return f"limit:{self.name}:{hashlib.sha256(part.encode()).hexdigest()[:32]}"

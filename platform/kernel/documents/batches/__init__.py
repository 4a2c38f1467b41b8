"""Many papers printed in one go: made in the background one by one, handed out as one file."""

from kernel.documents.batches.registry import BatchKind, register

__all__ = ["BatchKind", "register"]

"""Files that are uploaded and must not lie on a disk before they are sealed."""

from typing import IO, Any

from django.core.files.uploadhandler import MemoryFileUploadHandler


class InMemory(MemoryFileUploadHandler):
    """Keeps a file in memory whatever its size; Django's own puts larger ones in clear into /tmp.

    ``BodyLimitMiddleware`` has refused what is more than ``MAX_BODY_BYTES``.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> Any:
        """Take every request, not only those below ``FILE_UPLOAD_MAX_MEMORY_SIZE``."""
        self.activated = True

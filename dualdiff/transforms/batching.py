"""How many directions run at once: as many as a memory budget allows."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["chunks"]

#: Bytes that the seeds of one chunk may take; a function's temporaries take a few times as much.
BUDGET = 1 << 26


def chunks(count: int, bytes_each: int, chunk_size: int | None) -> Iterator[tuple[int, int]]:
    """The ranges of directions, at least one (perhaps empty)."""
    if chunk_size is not None and (not hasattr(chunk_size, "__index__") or chunk_size < 1):
        raise ValueError(f"chunk_size must be a positive integer, not {chunk_size!r}.")
    size = chunk_size or max(1, BUDGET // max(bytes_each, 1))
    for start in range(0, max(count, 1), size):
        yield start, min(start + size, count)

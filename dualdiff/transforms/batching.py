"""Directions in chunks: as many at once as a memory budget allows, one chunk after the other or spread over workers."""

from __future__ import annotations

import importlib
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import cpu_count
from typing import Any, NamedTuple, TypeVar

from ..arrays.levels import open_levels

__all__ = ["Division", "MapLike", "Span"]

#: Bytes that the seeds of one chunk may take; a function's temporaries take a few times as much.
BUDGET = 1 << 26

#: Chunks where the number of workers is not known, or progress is shown.
MANY = 16

Span = tuple[int, int]
#: What takes the place of ``map``: the ``map`` of a pool, of an executor, of a cluster.
MapLike = Callable[[Callable[[Span], Any], list[Span]], Iterable[Any]]
T = TypeVar("T")


class Division(NamedTuple):
    """How the directions of a derivative are divided: the keywords ``chunk_size``, ``workers`` and ``progress``."""

    chunk_size: int | None = None
    workers: int | MapLike | None = None
    progress: bool = False

    @property
    def is_asked_for(self) -> bool:
        """Whether the user wants chunks, which only dense tangents have."""
        return self.chunk_size is not None or self.workers is not None

    def spans(self, count: int, bytes_each: int) -> list[Span]:
        """The ranges of directions, at least one (perhaps empty)."""
        chunk_size, workers = self.chunk_size, self.workers
        if chunk_size is not None and (not hasattr(chunk_size, "__index__") or chunk_size < 1):
            raise ValueError(f"chunk_size must be a positive integer, not {chunk_size!r}.")
        size = chunk_size or max(1, BUDGET // max(bytes_each, 1))
        if chunk_size is None and (workers is not None or self.progress):
            parts = MANY if workers is None or callable(workers) else _processes(workers)
            size = min(size, max(1, -(-count // parts)))
        if size >= count:
            return [(0, count)]
        return [(start, min(start + size, count)) for start in range(0, max(count, 1), size)]

    def over(self, function: Callable[[Span], T], count: int, bytes_each: int) -> Iterator[T]:
        """The results of the function for each range, in order, as they come."""
        spans = self.spans(count, bytes_each)
        if len(spans) == 1 and self.workers is None and not self.progress:
            return map(function, spans)
        return self._spread(function, spans)

    def _spread(self, function: Callable[[Span], T], spans: list[Span]) -> Iterator[T]:
        workers = self.workers
        if workers is None or workers == 1 or open_levels():
            # The numbers of an outer differentiation mean nothing elsewhere.
            yield from self._shown(map(function, spans), len(spans))
        elif callable(workers):
            results = workers(_Placed(function), spans)
            yield from _in_order(self._shown(results, len(spans)), spans)
        else:
            processes = _processes(workers)
            _refuse_unpicklable(function)
            # Unlike multiprocessing.Pool it tells when a process has died.
            with ProcessPoolExecutor(processes) as pool:
                yield from self._shown(pool.map(function, spans), len(spans))

    def _shown(self, results: Iterable[T], total: int) -> Iterator[T]:
        """The results, with a bar that grows as they come."""
        if not self.progress:
            yield from results
            return
        try:
            tqdm = importlib.import_module("tqdm").tqdm
        except ImportError:
            for done, result in enumerate(results, 1):
                sys.stderr.write(f"\rdirections: {100 * done // total:3d} %" + "\n" * (done == total))
                sys.stderr.flush()
                yield result
        else:
            yield from tqdm(results, total=total, desc="directions", unit="chunk")


class _Placed:
    """A function of a range, whose results say which range they belong to."""

    def __init__(self, function: Callable[[Span], Any]) -> None:
        self.function = function

    def __call__(self, span: Span) -> tuple[Span, Any]:
        return span, self.function(span)


def _in_order(results: Iterable[tuple[Span, T]], spans: list[Span]) -> Iterator[T]:
    """The results in the order of the ranges, whatever the order they come in."""
    waiting: dict[Span, T] = {}
    expected = iter(spans)
    following = next(expected)
    for placed in results:
        if not isinstance(placed, tuple) or len(placed) != 2:
            raise TypeError(
                f"workers= was called like map, but gave a {type(placed).__name__} instead of a result: gather futures, as in "
                "workers=lambda g, spans: client.gather(client.map(g, spans))."
            )
        waiting[placed[0]] = placed[1]
        while following in waiting:
            yield waiting.pop(following)
            following = next(expected, (-1, -1))
    if following != (-1, -1):
        raise ValueError(
            f"workers= was called like map, but gave no result for the directions {following[0]} to {following[1]}."
        )


def _processes(workers: Any) -> int:
    if not hasattr(workers, "__index__") or (workers < 1 and workers != -1):
        raise ValueError(f"workers must be a positive integer, -1 for one per core, or like map, not {workers!r}.")
    return cpu_count() if workers == -1 else int(workers)


def _refuse_unpicklable(function: Callable[[Span], Any]) -> None:
    try:
        pickle.dumps(function)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TypeError(
            f"workers=n sends the function and its arguments to other processes, but {error}. Define the function at "
            "the top level of a module (around a derivative, too: def slope(x): return dd.grad(f)(x)), or use threads: "
            "workers=concurrent.futures.ThreadPoolExecutor().map."
        ) from error

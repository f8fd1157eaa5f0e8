"""The libraries beside dualdiff, one file each; one that is not installed is left out.

Each file has a function ``entries`` that gives the calls with which its library answers a workload, none where it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from ..workloads import Workload
from .entry import Entry

__all__ = ["PEERS", "Entry", "entries"]

#: File, then the packages that it needs.
PEERS = {
    "by_hand": (),
    "with_dualdiff": ("dualdiff",),
    "complex_step": (),
    "finite_differences": (),
    "with_num_dual": ("num_dual",),
    "with_hyperjet": ("hyperjet",),
    "with_autograd": ("autograd",),
    "with_jax": ("jax",),
    "with_casadi": ("casadi",),
    "with_numdifftools": ("numdifftools",),
}


def entries(work: Workload, chosen: tuple[str, ...] = ()) -> Iterator[Entry]:
    """The calls of the chosen peers, or of all; those that are not installed are left out with a word."""
    for name, needs in PEERS.items():
        if chosen and not any(word in name for word in chosen):
            continue
        try:
            for package in needs:
                import_module(package)
        except ModuleNotFoundError as error:
            print(f"  left out: {error.name} is not installed")
            continue
        yield from import_module(f"{__name__}.{name}").entries(work)

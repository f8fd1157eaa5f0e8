"""Errors that SciPy raises because it was given a dual, with the line to write instead."""

from __future__ import annotations

from importlib.util import find_spec
from types import FrameType, TracebackType

from ..arrays.number import holds_numbers

__all__ = ["advice"]


def advice(error: BaseException) -> str | None:
    """What to write instead of the call of SciPy's that refused a dual; None if the error arose in another way."""
    frames = _frames(error.__traceback__)
    modules = [frame.f_globals.get("__name__", "") for frame in frames]
    inside = next((i for i, name in enumerate(modules) if name.startswith("scipy.")), None)
    if inside is None or any(name.partition(".")[0] not in ("scipy", "numpy", "dualdiff") for name in modules[inside:]):
        # A function of the user's that SciPy calls is the user's business.
        return None
    if not any(holds_numbers(value) for frame in frames[inside:] for value in frame.f_locals.values()):
        return None
    paths = [name.split(".")[1:] for name in modules[inside:] if name.startswith("scipy.")]
    path, place = paths[0], next((place for place in map(_namespace, paths) if place), "")
    if place:
        return f"scipy.{place} takes plain arrays here: dualdiff.scipy.{place} has its functions for duals."
    return (
        f"scipy.{path[0]} takes plain arrays, and dualdiff has no namespace for it: give the function a rule of your own with "
        "dd.custom_jvp."
    )


def _namespace(path: list[str]) -> str:
    """The innermost namespace of ours for a module of SciPy's; empty if there is none."""
    place = ""
    for name in path:
        if name.startswith("_") or find_spec(f"dualdiff.scipy{place and '.' + place}.{name}") is None:
            break
        place = f"{place}.{name}".lstrip(".")
    return place


def _frames(traceback: TracebackType | None) -> list[FrameType]:
    """The frames of a traceback, from the outermost on."""
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames

"""Where and when something was measured; it is stored beside every result."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["RESULTS", "circumstances", "load", "stored"]

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "scipy", "num-dual", "hyperjet", "autograd", "jax", "casadi", "numdifftools")


def circumstances() -> dict[str, Any]:
    """Date, revision, machine, load and versions."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "revision": _revision(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "openblas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "as many as cores"),
        "load": round(load(), 1),
        "versions": versions,
    }


def load() -> float:
    """The average number of programs that wanted a core in the last minute, this one included."""
    return os.getloadavg()[0]


def stored(name: str) -> dict[str, Any]:
    """The results of this name; an empty dictionary if there are none yet."""
    path = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _revision() -> str:
    """The commit of dualdiff, with a plus where its files differ from it."""
    git = ["git", "-C", str(Path(__file__).parents[1])]
    try:
        head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "dualdiff"], check=False).returncode != 0
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + "+" * changed


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

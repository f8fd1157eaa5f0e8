"""Every example runs, asserts its claim, and is shown in the gallery."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NAMES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
#: What makes the long ones short. `.ci/run` runs each at its full size.
SMALL: dict[str, dict[str, Any]] = {
    "brusselator": {"n": 16, "steps": 4},
    "cluster": {"layers": 40, "processes": 1},
    "error_propagation": {"samples": 20_000},
    "greeks": {"n": 30},
    "kepler": {"n": 50},
    "lotka_volterra": {"end": 3.0},
    "million_variables": {"n": 120},
    "one_line": {"points": 30},
    "optimisation": {"names": ["Rosenbrock in a ball, SLSQP", "Broyden, 300 unknowns, root"]},
    "peng_robinson": {"n": 20},
    "robot_arm": {"points": 6},
    "truss": {"steps": 30},
}


def _main(name: str) -> Any:
    pytest.importorskip("scipy")
    spec = importlib.util.spec_from_file_location(f"example_{name}", ROOT / "examples" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.mark.parametrize("name", NAMES)
def test_example_runs(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What it asserts holds in a smaller case too, and it finds its data from any folder."""
    monkeypatch.chdir(tmp_path)
    _main(name)(**SMALL.get(name, {}))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["greeks", "kepler", "quickstart", "truss"])
def test_example_draws(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where it is told to, it saves a picture."""
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    _main(name)(**SMALL.get(name, {}), path=tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 1000


def test_gallery_shows_each_example() -> None:
    """The gallery has every example with its picture, and no other."""
    gallery = (ROOT / "docs" / "gallery.md").read_text()
    assert sorted(re.findall(r"\]\(images/examples/(\w+)\.png\)", gallery)) == NAMES
    assert sorted(path.stem for path in (ROOT / "docs" / "images" / "examples").glob("*.png")) == NAMES
    assert all(f"`examples/{name}.py`" in gallery for name in NAMES)

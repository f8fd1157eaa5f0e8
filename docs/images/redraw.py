"""Redraw the pictures of the gallery: run every example, and store its picture with a palette, which halves the file.

Run ``python docs/images/redraw.py [name ...]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]


def redraw(name: str) -> None:
    """Run one example."""
    picture = ROOT / "docs" / "images" / "examples" / f"{name}.png"
    program = ROOT / "examples" / f"{name}.py"
    subprocess.run([sys.executable, program, picture], check=True, env={**os.environ, "MPLBACKEND": "Agg"})
    Image.open(picture).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.stem for path in (ROOT / "examples").glob("*.py")):
        redraw(name)

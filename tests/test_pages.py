"""The pages of the documentation: every block of Python is run, and what the tutorial's table names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts)]
TABLE = ROOT / "docs" / "tutorial" / "seeds.md"
TESTS = "".join(test.read_text(encoding="utf-8") for test in (ROOT / "tests").rglob("test_*.py"))
FENCE = re.compile(r"^(`{3,})(.*?)\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_python_is_run(page: Path) -> None:
    """A block of Python is a doctest (run by pytest), a code cell (run by Sphinx), or on a page that a test takes by name."""
    text = page.read_text(encoding="utf-8")
    by_name = f'"{page.name}"' in TESTS
    runs = text.startswith("---\nfile_format: mystnb")
    for _, language, block in FENCE.findall(text):
        if language.startswith("{code-cell}"):
            assert runs, f"{page.name} has code cells, but its head does not say that they are to be run"
        elif language.strip() in {"python", "py", "pycon", "ipython3"}:
            assert not runs
            assert by_name or block.lstrip().startswith(">>> ")


def test_every_figure_has_words() -> None:
    """Each cell that draws has an alternative text."""
    for page in PAGES:
        for _, language, block in FENCE.findall(page.read_text(encoding="utf-8")):
            if language.startswith("{code-cell}") and "plt.show()" in block:
                assert re.search(r"^    alt: \".{40,}\"$", block, re.MULTILINE), f"{page.name}: a figure without words"


def test_the_table_names_what_is_there() -> None:
    """Rows S1 to S19 each name a page of the tutorial, tests that exist, and examples that exist."""
    rows = re.findall(r"^\| S(\d+) \|(.*)\|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 20))
    for number, row in rows:
        pages = re.findall(r"\]\((\w+\.md)\)", row)
        assert pages
        assert all((TABLE.parent / page).is_file() for page in pages)
        assert f"`test_s{number}_*`" in row
        assert f"def test_s{number}_" in TESTS
        assert all((ROOT / "examples" / script).is_file() for script in re.findall(r"`(\w+\.py)`", row))

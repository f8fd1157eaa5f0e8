"""Sphinx configuration; built with warnings as errors (see README.md, Development)."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "ext"))

project = "dualdiff"
author = "The dualdiff developers"
copyright = f"2026, {author}"
version = release = installed_version("dualdiff")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]

myst_enable_extensions = ["deflist", "dollarmath"]

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's parameter lists say it in words and shapes
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "dualdiff"
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_nav_level": 2,
    "show_prev_next": True,
}


def setup(app: object) -> None:
    """Write the generated pages before Sphinx reads the sources."""
    from rule_tables import coverage, special

    pages = {"coverage.md": coverage(), "special_functions.md": special()}
    for name, text in pages.items():
        (Path(__file__).parent / name).write_text(text, encoding="utf-8")

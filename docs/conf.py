"""Sphinx configuration; built with warnings as errors (see README.md, Development)."""

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "ext"))

project = "dualdiff"
author = "The dualdiff developers"
copyright = f"2026, {author}"
version = release = installed_version("dualdiff")

extensions = [
    "myst_nb",  # runs the code of the tutorial's pages, which are Markdown like all the others
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build", "_templates", "jupyter_execute"]
templates_path = ["_templates"]

myst_enable_extensions = ["deflist", "dollarmath"]

# Every block of the tutorial runs in each build, in a kernel of its own page; an exception or a warning fails the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_output_stderr = "error"
nb_code_prompt_show = "Answer"
nb_code_prompt_hide = "Answer"
# A backend chosen outside (MPLBACKEND=Agg in CI) would draw no figure in the pages.
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc's parameter lists say it in words and shapes
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["dualdiff.css"]
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

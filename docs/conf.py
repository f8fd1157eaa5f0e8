"""Sphinx configuration; built with warnings as errors (see README.md, Development)."""

from importlib.metadata import version as installed_version

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

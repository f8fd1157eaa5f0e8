"""SciPy's functions for arrays that carry derivatives, by SciPy's names; SciPy is imported on first use."""

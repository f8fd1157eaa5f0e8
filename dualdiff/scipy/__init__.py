"""SciPy's namespaces for arrays that carry derivatives."""

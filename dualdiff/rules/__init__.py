"""The calculus as data: what every NumPy function is to differentiation."""

"""The workloads as airspeed velocity (asv) wants them, for comparing commits: ``asv continuous main HEAD``."""

"""The workloads: each module gives its own, for a firm of one size."""

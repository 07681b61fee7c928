"""Tasks for the dates of equity pay: vests, trading windows, the end of options."""

from servicing.equity.sweep import open_tasks

__all__ = ["open_tasks"]

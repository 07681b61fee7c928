"""`python -m benchmarks.peak COMMAND ...`: runs a command of manage.py, prints the memory that it took."""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory that this process has held. Where Linux tells it: what getrusage says begins with the
    peak of the process that started this one."""
    if STATUS.exists():
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segmentation_crm.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command(*sys.argv[1:], stdout=io.StringIO())
    print(json.dumps({"peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()

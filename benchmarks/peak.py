"""`python -m benchmarks.peak COMMAND ...`: runs a command of manage.py, prints the memory that it took."""

from __future__ import annotations

import io
import json
import os
import resource
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segmentation_crm.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command(*sys.argv[1:], stdout=io.StringIO())
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    print(json.dumps({"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}))


if __name__ == "__main__":
    main()

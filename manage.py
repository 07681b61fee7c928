#!/usr/bin/env python
"""Django's command line; where no DATABASE_URL is set, the embedded servers come up around the command."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segmentation_crm.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: run `make install`, then use `.venv/bin/python manage.py`.")
    from segmentation_crm.embedded.commands import needs_servers
    from segmentation_crm.embedded.errors import CannotStart

    with ExitStack() as stack:
        if needs_servers(sys.argv[1:]):
            from segmentation_crm.embedded.django_support import bring_up

            try:
                bring_up(stack, sys.argv[1:])
            except CannotStart as reason:
                sys.exit(str(reason))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

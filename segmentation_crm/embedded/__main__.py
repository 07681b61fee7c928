"""`python -m segmentation_crm.embedded run|test|with|backup|restore`; the Makefile says the rest."""

import argparse
import os
import sys

from .console import notice
from .errors import CannotStart


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m segmentation_crm.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="servers, web, worker and beat until Ctrl-C")
    test = actions.add_parser("test", help="run a command with temporary servers")
    test.add_argument("--durable", action="store_true", help="force to disk, as in production")
    test.add_argument("command", nargs=argparse.REMAINDER)
    around = actions.add_parser("with", help="run a command with the data folder's servers")
    around.add_argument("command", nargs=argparse.REMAINDER)
    for action in ("backup", "restore"):
        actions.add_parser(action).add_argument("file", nargs="?", default="")
    options = parser.parse_args()

    from . import backups, commands, launcher
    from .paths import addresses, data_dir

    if options.action == "run":
        return launcher.run()
    if options.action in {"test", "with"}:
        command = options.command[1:] if options.command[:1] == ["--"] else options.command
        if not command:
            parser.error("name the command to run")
        if options.action == "test":
            return commands.with_temporary_servers(command, durable=options.durable)
        return commands.with_servers(command)
    # A backup runs itself again with the servers around it, where nobody else provides them.
    if not os.environ.get("DATABASE_URL"):
        again = [sys.executable, "-m", "segmentation_crm.embedded", options.action, options.file]
        return commands.with_servers(again)
    url, data = os.environ.get("DATABASE_URL") or addresses(data_dir()).database_url, data_dir()
    act = backups.backup_command if options.action == "backup" else backups.restore_command
    return act(url, data, options.file)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as reason:
        notice(str(reason))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

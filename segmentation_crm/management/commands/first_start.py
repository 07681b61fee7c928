"""What `make run` does with an empty database: the demo firm, or one administrator; otherwise nothing."""

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clients.models import User
from segmentation_crm import sign_ins
from servicing.demo.transitions import hold_some
from servicing.transitions.services import give_time_to_decide

DEMO_CLIENTS = 400
DEMO_SEED = 1
OPEN_DEMO = (
    "The demo sign-ins stand, so the server listens on this machine alone: use HOST=127.0.0.1, "
    "or start a firm of your own with DEMO=no and another DATA_DIR."
)


class Command(BaseCommand):
    help = (
        "Fills an empty database with the demo firm (--demo) or with one administrator (--no-demo), "
        "and prints the sign-ins, once. Changes nothing where people exist already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument(
            "--demo", action="store_true", default=True, help="load the demo firm (the default)"
        )
        demo.add_argument("--no-demo", action="store_false", dest="demo", help="create one administrator")
        parser.add_argument("--new-passwords", action="store_true", help="give the sign-ins new passwords")
        parser.add_argument("--clients", type=int, default=DEMO_CLIENTS, help="size of the demo firm")
        parser.add_argument(
            "--reachable-from-outside",
            action="store_true",
            help="the server will listen for other machines: refuse while demo sign-ins stand",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        empty = not User.objects.exists()
        if options["reachable_from_outside"] and (
            sign_ins.standing_demo_sign_ins().exists() or (empty and options["demo"])
        ):
            raise CommandError(OPEN_DEMO)
        if options["new_passwords"]:
            opened = sign_ins.renew_passwords()
        elif sign_ins.someone_can_sign_in():
            opened = []
        elif not empty:
            # A first start that was killed between the demo firm and its sign-ins.
            opened = sign_ins.open_demo_sign_ins()
        elif options["demo"]:
            self.stderr.write(f"Loading the demo firm with {options['clients']} clients.")
            call_command("seed_demo", clients=options["clients"], seed=DEMO_SEED, stdout=self.stderr)
            hold_some()
            opened = sign_ins.open_demo_sign_ins()
        else:
            opened = [sign_ins.create_administrator()]
            give_time_to_decide()
        if options["json"]:
            self.stdout.write(json.dumps({"sign_ins": [vars(each) for each in opened]}))
        elif opened:
            self._show(opened)
        else:
            self.stdout.write(
                "Sign-ins were printed at the first start; for new passwords: "
                ".venv/bin/python manage.py first_start --new-passwords"
            )

    def _show(self, opened: list[sign_ins.SignIn]) -> None:
        wide = max(len(each.username) for each in opened)
        self.stdout.write("Sign-ins (shown this once):")
        for each in opened:
            self.stdout.write(f"  {each.username:<{wide}}  {each.password}  {each.role}")

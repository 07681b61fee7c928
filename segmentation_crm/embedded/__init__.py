"""PostgreSQL and Valkey that come with the product, for local use, tests and a first look.

Nothing here imports Django: `manage.py` and the settings lean on this package before Django is up.

- `paths`: where everything of a data folder lives, and the addresses that follow from it
- `binaries`: which server programs to run
- `account`: the account that PostgreSQL runs under when we are root
- `processes`: starting a child that never outlives us, and stopping it
- `watchdog`: the small process that stops the servers when we were killed
- `postgres`, `valkey`: one server each
- `servers`: both of them on one data folder, owned by one process at a time
- `launcher`: `make run`; `commands`: one command with servers around it; `backups`
"""

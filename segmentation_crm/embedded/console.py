"""What a person reads while servers start and stop goes to standard error: answers stay clean."""

import sys


def notice(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

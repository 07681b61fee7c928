"""Advisory locks are known by a number alone: two that share one would wait for each other."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("clients", "tiers", "personas", "servicing", "segmentation_crm")


def test_every_lock_has_a_number_of_its_own():
    found = [
        number
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        for number in re.findall(r"^\w*LOCK = ([\d_]+)", path.read_text(), re.MULTILINE)
    ]
    assert len(found) >= 10
    assert [number for number, times in Counter(found).items() if times > 1] == []

"""How often the pages without an account may be opened from one address."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

A_MINUTE = 30  # looks and answers: enough for a household, little for somebody who guesses


def too_often(request: HttpRequest, door: str) -> bool:
    """Whether more than `A_MINUTE` requests came from the person's address in this minute, this one counted.

    `door`: which kind of page; each is counted apart. The address is found as for sign-ins, behind a proxy
    too; only a hash of it is kept, for two minutes. Of requests at the same instant one may go uncounted.
    """
    address = get_adapter().get_client_ip(request)
    minute = int(timezone.now().timestamp()) // 60
    key = f"{door}:" + hashlib.sha256(f"{address} {minute}".encode()).hexdigest()
    number = cache.get(key, 0) + 1
    cache.set(key, number, timeout=120)
    return number > A_MINUTE

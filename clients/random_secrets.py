"""Secrets of addresses and tokens that open something without a sign-in: shown once, kept as a digest alone.

A secret has 256 random bits, so that a plain digest keeps it and one look-up by it tells nothing by its time.
"""

import hashlib
import secrets


def new_secret() -> str:
    """43 characters that an address takes as they are."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is stored of a secret: its SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()

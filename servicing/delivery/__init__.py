"""Delivery against the promise, in both directions: what was kept, what was not, what went beyond it.

`promised` says what became of each promised task, `creep` what was given beyond the standard, `figures` adds
both up by month; `periods` and `reading` are what the pages ask for. See docs/delivery.md.
"""

"""Households on one income: the months that they can live without it, what is arranged, and who does what."""

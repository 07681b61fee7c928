"""Django admin of this app; each feature registers its own."""

from personas.scripts import admin as scripts

__all__ = ["scripts"]

"""Django admin of this app; each feature registers its own."""

from personas.mapping import admin as mapping
from personas.scripts import admin as scripts

__all__ = ["mapping", "scripts"]

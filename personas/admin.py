"""Django admin of this app; each feature registers its own."""

from personas.mapping import admin as mapping
from personas.scripts import admin as scripts
from personas.tools.debt import admin as debt
from personas.tools.equity import admin as equity
from personas.tools.goals import admin as goals
from personas.tools.owner import admin as owner
from personas.tools.runway import admin as runway

__all__ = ["debt", "equity", "goals", "mapping", "owner", "runway", "scripts"]

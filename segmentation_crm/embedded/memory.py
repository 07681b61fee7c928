"""How much of the machine's memory a database that stays may keep to itself."""

import contextlib
import os
from pathlib import Path

LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container; "max" where there is none
LEAST, MOST = 256, 1024  # megabytes of shared buffers
MEGABYTE = 1024 * 1024


def database_settings() -> dict[str, str]:
    """A sixteenth of the memory for the database's own pages, which are taken as they are used; the system
    is expected to keep half of it for files. PostgreSQL's own figures are for servers of their own."""
    there = megabytes()
    shared = min(max(there // 16, LEAST), MOST)
    return {"shared_buffers": f"{shared}MB", "effective_cache_size": f"{max(there // 2, 2 * shared)}MB"}


def megabytes() -> int:
    """The memory of the machine, or what this process may have of it; 0 where the system does not say."""
    found = []
    with contextlib.suppress(OSError, ValueError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with contextlib.suppress(OSError, ValueError):
        found.append(int(LIMIT.read_text()))
    return min(found, default=0) // MEGABYTE

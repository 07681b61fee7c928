"""How much of the machine a database that stays may use: memory, and disk for what it writes ahead."""

import contextlib
import os
import shutil
from pathlib import Path

LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container; "max" where there is none
MEGABYTE = 1024 * 1024
LEAST_SHARED, MOST_SHARED = 256, 4096  # megabytes
LEAST_AHEAD, MOST_AHEAD = 1024, 8192


def database_settings(folder: Path) -> dict[str, str]:
    """Settings for a database whose data lies in or will lie in `folder`. PostgreSQL's own are for less than
    a laptop.

    - An eighth of the memory for the database's own pages, which are taken as they are used; the system is
      expected to keep half of it for files.
    - A twentieth of the free disk for changes that are written ahead. Only a large firm's nights come near
      it: whatever is changed after a checkpoint is written whole once more, so few checkpoints are less work.
    """
    there = megabytes()
    shared = min(max(there // 8, LEAST_SHARED), MOST_SHARED)
    ahead = min(max(free_megabytes(folder) // 20, LEAST_AHEAD), MOST_AHEAD)
    return {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(there // 2, 2 * shared)}MB",
        "max_wal_size": f"{ahead}MB",
    }


def megabytes() -> int:
    """The memory of the machine, or what this process may have of it; 0 where the system does not say."""
    found = []
    with contextlib.suppress(OSError, ValueError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with contextlib.suppress(OSError, ValueError):
        found.append(int(LIMIT.read_text()))
    return min(found, default=0) // MEGABYTE


def free_megabytes(folder: Path) -> int:
    """What is free on the disk of `folder`, which need not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free // MEGABYTE

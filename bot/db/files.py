"""How a table says that a column shows files: `info=FILE` where it holds one's ref, `info=FILES` where refs stand in its JSON.

A file is erased only when no row shows it any more (`media.held`), so a column without its mark loses files.
"""

from __future__ import annotations

from typing import Any

FILE: dict[Any, Any] = {"file": "ref"}
FILES: dict[Any, Any] = {"file": "within"}

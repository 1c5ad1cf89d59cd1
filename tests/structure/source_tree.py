"""The project's own files, without what tools leave between them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_BY_TOOLS = {"__pycache__", "target", "node_modules"}


def files(*folders: str, suffix: str) -> list[Path]:
    """List the files of this kind under the folders, those that exist, in order."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob(f"*{suffix}")
        if not LEFT_BY_TOOLS & set(path.parts)
    )

"""A short name for the state of some files: equal files, equal name."""

from __future__ import annotations

import hashlib
from pathlib import Path


def code_version(*paths: Path, suffixes: tuple[str, ...] = (".py", ".csv")) -> str:
    """Hash the contents of files, and of all files with these suffixes in folders.

    Parameters
    ----------
    *paths : Path
        Files or folders; absent ones count as absent.
    suffixes : tuple of str
        Which files of a folder count.

    Returns
    -------
    str
        Sixteen hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.is_file() and file.suffix in suffixes:
                digest.update(f"{path.name}/{file.relative_to(path.parent)}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]

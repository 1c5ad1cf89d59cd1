"""dbt's own documentation as one file that a browser may open without reaching any host."""

from __future__ import annotations

import os
import re
from pathlib import Path

from orchestration.lib.dbt_project import dbt_refusal
from orchestration.lib.errors import UserError

# dbt's page builds its views from strings, hence eval; what it shows lies in the file itself.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
# The page holds a tracker that loads a script when usage statistics are on.
LOADED_SCRIPT = re.compile(r"""(\.src\s*=\s*)(["'])(?:https?:)?//[^"']*\2""")
# Its layout is at least this wide and pinned to the window: a narrow screen must show it smaller.
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
WIDE_VIEWPORT = '<meta name="viewport" content="width=960">'


def generate_dbt_pages(artifacts: Path) -> str:
    """Let dbt describe its models, sources, exposures and their lineage.

    Parameters
    ----------
    artifacts : Path
        Folder for dbt's artifacts; not ``target``, whose manifest the definitions are made from.

    Returns
    -------
    str
        The page.

    Raises
    ------
    UserError
        When dbt fails: its own sentence.
    """
    refusal = dbt_refusal("docs", "generate", "--static", "--target-path", os.fspath(artifacts))
    if refusal is not None:
        raise UserError(f"dbt could not write its documentation: {refusal}")
    page = (artifacts / "static_index.html").read_text(encoding="utf-8")
    return VIEWPORT.sub(WIDE_VIEWPORT, page, count=1)


def seal(page: str) -> str:
    """Take out what would be loaded from elsewhere, and forbid the browser the rest.

    Raises
    ------
    ValueError
        When the page has no head to carry the policy.
    """
    page = LOADED_SCRIPT.sub(r"\1\2data:,\2", page)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">'
    sealed, n_heads = re.subn(r"(<head\b[^>]*>)", rf"\g<1>{policy}", page, count=1)
    if n_heads != 1:
        raise ValueError("dbt's page has no <head>")
    return sealed

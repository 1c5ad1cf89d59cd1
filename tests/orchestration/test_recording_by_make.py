"""What is typed behind `make decide` arrives as it was typed."""

import os
import subprocess

import pytest

from orchestration.lib.settings import PROJECT_DIR

# What make, a shell or a comment would each take for their own.
REASON = """costs "$5" of $HOME & it's `id` $(shell id) $$ 50% #2; \\n twice\nand a line """


def _typed(command: str, *variables: str, **environment: str) -> str:
    """What the command line behind a target sees of REASON, instead of doing its work."""
    done = subprocess.run(
        # The environment counts as set up, and the program as one that prints the variable.
        ["make", "-s", "-o", ".venv/.ready", command, *variables, "RATINGS=printenv REASON #"],
        cwd=PROJECT_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.removesuffix("\n")


@pytest.mark.parametrize("command", ["decide", "excuse"])
def test_a_reason_is_passed_on_as_it_was_typed(command: str) -> None:
    assert _typed(command, f"REASON={REASON}") == REASON
    assert _typed(command, REASON=REASON) == REASON


def test_help_names_the_variables() -> None:
    shown = subprocess.run(
        ["make", "-s", "help"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    ).stdout
    lines = {line.split()[1]: line for line in shown.splitlines() if line.startswith("  make ")}
    for command, names in (
        ("decide", ("INTERVIEWER", "DECISION", "BY", "REASON", "AT")),
        ("excuse", ("SESSION", "REASON_CODE", "BY", "AT")),
    ):
        assert [name for name in names if f"{name}=" not in lines[command]] == []

"""Dagster's way in: loads ``defs/`` and does nothing else."""

import dagster as dg

from orchestration import defs as defs_folder

defs = dg.load_defs(defs_root=defs_folder)

"""Simulated platforms with known truth, in the form of the raw contract."""

from python_models.simulation.platform import (
    Platform,
    simulate,
    simulate_to_folder,
    write_platform,
)
from python_models.simulation.world import World
from python_models.simulation.worlds import WORLDS

__all__ = ["WORLDS", "Platform", "World", "simulate", "simulate_to_folder", "write_platform"]

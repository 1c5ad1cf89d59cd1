"""What people decide about the handing out of sessions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DispatchSettings:
    """The rules of a batch.

    Parameters
    ----------
    newcomer_share : float
        Share of the offers of an interview type and slot that is reserved for newcomers, as far
        as any are available there.
    newcomer_sessions : int
        Who has fewer rated sessions is a newcomer.
    newcomer_weekly : int
        Most reserved offers a week for one newcomer. What a newcomer wins by rank is not counted.
    n_replays : int
        Further runs, each with chance of its own, from which the probabilities of the ranked
        offers are counted. At 0 a ranked offer has probability 1: given the lottery, it was sure.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    newcomer_share: float = 0.15
    newcomer_sessions: int = 15
    newcomer_weekly: int = 2
    n_replays: int = 9

    def __post_init__(self) -> None:
        if not 0.0 <= self.newcomer_share <= 1.0:
            raise ValueError(f"newcomer_share must be in [0, 1], and is {self.newcomer_share}")
        for name in ("newcomer_sessions", "newcomer_weekly", "n_replays"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, and is {getattr(self, name)}")

"""What the fits behind dispatch must be like to be used."""

from __future__ import annotations

from collections.abc import Sequence

from expectations.checks import Check, between, contains, holds, in_set, not_null, unique

WORLDS = ("reference", "this_platform")
ROW_KINDS = ("batch", "offer", "unassigned")
# Shares are sums of doubles.
ROUNDING = 1e-6


def share_checks() -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `session_share`."""
    derived = [
        f"abs(sum(share) over (partition by world) - 1) < {ROUNDING} as is_whole",
        f"cumulative_share between share - {ROUNDING} and 1 + {ROUNDING} as is_up_to_one",
    ]
    checks = [
        unique(["world", "decile"], "each decile of a world has one share"),
        in_set("world", WORLDS, f"a world is one of {', '.join(WORLDS)}"),
        contains("world", ("reference",), "the reference is there"),
        not_null("share", "each share is known"),
        between("share", 0, 1, "each share lies within 0..1"),
        holds("is_whole", "the shares of a world sum to 1"),
        holds("is_up_to_one", "shares add up to at most 1"),
        between("n_platforms", 1, None, "somebody was simulated"),
    ]
    return derived, checks


def proposal_checks() -> tuple[Sequence[str], list[Check]]:
    """Return derived columns and checks for the rows of `dispatch_proposals`."""
    derived = [
        "row_kind <> 'offer' or (interviewer_id is not null and rank >= 1"
        " and coalesce(offer_probability > 0 and offer_probability <= 1, false)) as is_offer_whole",
        "row_kind = 'batch' or (reason is not null and seed is not null) as is_explained",
        "sum(n_requests) over () = count(*) filter (where row_kind <> 'batch') over ()"
        " and sum(n_offers) over () = count(*) filter (where row_kind = 'offer') over ()"
        " as is_counted",
    ]
    checks = [
        unique(["row_kind", "level"], "each request is answered once"),
        in_set("row_kind", ROW_KINDS, f"a kind of row is one of {', '.join(ROW_KINDS)}"),
        contains("row_kind", ("batch",), "the batch is there"),
        holds("is_offer_whole", "an offer has an interviewer, a rank and a probability in 0..1"),
        holds("is_explained", "every answer has a reason and a seed"),
        holds("is_counted", "every request of a batch is answered"),
    ]
    return derived, checks

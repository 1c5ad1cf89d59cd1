"""Rows of the fits behind dispatch: sound ones, and what must be refused."""

TABLES = {
    "dispatch_proposals": "row_kind text, level text, n_requests bigint, n_offers bigint,"
    " seed bigint, rank bigint, offer_probability float, interviewer_id text,"
    " probability_is text, is_newcomer_share text, is_repeat text, reason text",
    "session_share": "world text, decile text, n_platforms bigint, n_interviewers bigint,"
    " n_blocks bigint, share float, share_se float, cumulative_share float,"
    " cumulative_share_se float",
}
GOOD = {
    "dispatch_proposals": [
        "'batch', '2026-02-02', 2, 1, 7, null, null, null, null, null, null, null",
        "'offer', 'q1', null, null, 7, 1, 0.9, 'i1', 'exact', 'true', 'false', 'why'",
        "'unassigned', 'q2', null, null, 7, null, null, null, null, null, null, 'why not'",
    ],
    "session_share": [
        "'reference', '01', 4, 1000, 40, 0.8, 0.01, 0.8, 0.01",
        "'reference', '02', 4, 1000, 40, 0.2, 0.01, 1.0, 0.0",
    ],
}
# Stem, the row that is replaced, by what, and a part of the reason.
UNSOUND = [
    (
        "dispatch_proposals",
        1,
        "'offer', 'q1', null, null, 7, 1, 0.0, 'i1', 'exact', 'true', 'false', 'why'",
        "a probability in 0..1",
    ),
    (
        "dispatch_proposals",
        2,
        "'offer', 'q2', null, null, 7, 1, 0.9, 'i2', 'exact', 'true', 'false', 'why'",
        "request of a batch is answered",
    ),
    ("session_share", 1, "'reference', '02', 4, 9, 9, 0.1, 0, 0.9, 0", "sum to 1"),
    ("session_share", 0, "'here', '01', 4, 9, 9, 0.8, 0, 0.8, 0", "a world is one of"),
    ("session_share", 0, "'reference', '01', 4, 9, 9, 1.8, 0, 0.8, 0", "within 0..1"),
]

"""Rows of the fits behind standing: sound ones, and what must be refused."""

TABLES = {
    "churn_line": "measure text, level text, n bigint, estimate float, estimate_low float,"
    " estimate_high float",
    "error_budget": "measure text, rule text, level text, estimate float, estimate_low float,"
    " estimate_high float",
    "way_back": "interviewer_id text, level text, n_rated bigint, n_sessions bigint, mean float,"
    " way_back_prob float, simulated_prob float",
}
GOOD = {
    "churn_line": [
        "'line', '', 9000, 3.42, 3.36, 3.47",
        "'rate', '', 9000, 0.22, null, null",
        "'acceptable', '', 9000, 0.27, null, null",
        "'curve', '3.200000', 9000, 0.31, null, null",
    ],
    "error_budget": [
        "'line', 'ours', 'any', 3.42, null, null",
        "'paused_share', 'ours', 'good', 0.0005, 0.0003, 0.0007",
        "'weeks_to_pause', 'ours', 'good', null, null, null",
        "'paused_gain', 'ours_less_naive_matched', 'truly_bad', 0.5, 0.48, 0.53",
    ],
    "way_back": [
        "'', 'peer_median', null, null, 3.63, 0.8, null",
        "'i1', 'peer_median', 30, 7, 3.63, 0.8, 0.81",
        "'i2', 'peer_median', 30, null, 3.63, 0.8, 0.42",
    ],
}
# Stem, the row that is replaced, by what, and a part of the reason.
UNSOUND = [
    ("churn_line", 0, "'line', '', 9000, 4.2, 4.1, 4.3", "lies on 1..4"),
    ("churn_line", 0, "'line', '', 9000, 3.4, null, null", "has an interval"),
    ("churn_line", 1, "'acceptable', 'x', 9000, 0.2, null, null", "may be are there"),
    ("churn_line", 2, "'acceptable', '', 9000, 1.2, null, null", "within 0..1"),
    ("churn_line", 3, "'curve', '3.2', 9000, null, null, null", "each figure is known"),
    ("error_budget", 0, "'weeks_to_pause', 'naive', 'good', 3, 2, 4", "if only null"),
    ("error_budget", 1, "'paused_share', 'ours', 'good', 1.2, null, null", "within 0..1"),
    ("error_budget", 1, "'paused_share', 'ours', 'good', 0.3, 0.4, 0.5", "its interval"),
    ("error_budget", 2, "'weeks_to_pause', 'ours', 'good', 53, 50, 54", "within 1..52"),
    ("way_back", 0, "'i3', 'peer_median', 30, 7, 3.63, 0.8, 0.81", "no interviewer is there"),
    ("way_back", 1, "'i1', 'peer_median', 30, 7, 3.63, 0.8, 0.5", "about the stated chance"),
    ("way_back", 1, "'i1', 'peer_median', 30, 7, null, 0.8, 0.81", "the level lies on"),
    ("way_back", 2, "'i2', 'peer_median', 30, null, 3.63, 0.8, 0.9", "a number is stated"),
    ("way_back", 2, "'i2', 'peer_median', 30, null, 3.63, 0.8, null", "interviewer is known"),
]

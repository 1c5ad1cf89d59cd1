"""The named parameters of a simulated platform; each mechanism is off at zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

FACTORS = ("excitement", "question_quality", "hint_quality", "communication")
INTERVIEW_TYPES = ("algorithms", "system_design", "behavioral", "machine_learning")
EXPERIENCE_LEVELS = ("junior", "mid", "senior")


@dataclass(frozen=True)
class World:
    """Known truth about a platform, from which its raw tables are drawn.

    Units: skill factors, ability, bias and bars are in standard deviations of the latent scale
    they belong to; effects on leaving are log-odds; ``*_rate``, ``*_share`` and ``*_prob`` are
    shares of one; durations say their unit.

    Parameters
    ----------
    name : str
        What the world is called in tests and reports.
    n_interviewers, n_candidates, n_companies : int
        Sizes. A candidate takes about four mock sessions over the whole time.
    start : datetime
        First instant of the platform, UTC.
    weeks : int
        How long the platform is watched; nothing that happens later is handed over.
    tick_days : float
        Step of the simulation, and the shortest time between two sessions of a candidate.
    volume_sd : float
        Log standard deviation of an interviewer's appetite for sessions (heavy tail).
    founders_share : float
        Interviewers who were there from the first day; the rest join evenly over time.
    departure_rate : float
        Interviewers who stop, per year.
    factor_correlation : float
        Correlation between the latent skill factors of one interviewer.
    leaving_weights : tuple of float
        True weights of the four factors in what makes candidates stay (sum 1).
    skill_drift_share, skill_half_life_weeks : float
        Share of the skill variance that moves, and how fast it is forgotten.
    learning_gain : float
        Skill gained with practice, reached to 63 % after thirty sessions.
    abrupt_share, abrupt_sd : float
        Interviewers whose skill jumps once, and the size of the jump.
    rating_skill : float
        How strongly skill enters the latent rating.
    rating_cuts : tuple of float
        Latent thresholds between ratings 1|2, 2|3, 3|4; low ones compress ratings at the top.
    leniency_sd : float
        Spread of candidates' kindness (harsh below zero).
    halo : float
        Latent rating gained by a positive verdict against a negative one.
    mood_sd, mood_leaving : float
        Mood of the day shared by all ratings of a session, and what it does to leaving.
    session_noise_sd, item_noise_sd : float
        Other noise of a session's rating: shared by the items, and of each item.
    inflation_per_year : float
        Latent rise of all ratings that no skill explains.
    feedback_rate, feedback_slope : float
        Candidates who fill in the form, and log-odds of doing so per unit of latent rating
        (missing not at random).
    item_missing_rate, late_rate, interviewer_form_rate : float
        Items left empty, forms handed in days later, verdict forms filled in at all.
    leaving_base : float
        Log-odds of leaving at average everything.
    quality_leaving : float
        Fall of the log-odds of leaving per unit of true quality.
    covariate_leaving : float
        Scale of the effects of type, level, month, first session, verdict and performance.
    frailty_sd : float
        Spread of candidates' own tendency to leave.
    return_prob, return_years : float
        Who leaves comes back with this probability, for the next job search, after so long.
    matching : float
        0: who meets whom is random; 1: harsh and restless candidates meet the best.
    ability_mean, level_gap : float
        Mean ability against the companies' mean bar; distance between experience levels.
    bias_sd, bias_drift_share, bias_half_life_weeks : float
        Spread of interviewers' leniency in verdicts (positive is lenient), how much of its
        variance moves, and how fast.
    bias_penalty : float
        Loss of every skill factor per squared unit of bias: nobody enjoys a misjudged interview.
    judgement_noise, judgement_noise_spread : float
        Noise of one verdict, and log spread of that noise between interviewers.
    item_judgement_noise : float
        Further noise of each item of the verdict form.
    practice_effect : float
        Ability gained per unit of log(1 + earlier sessions).
    real_shift : float
        How much harder (below zero) a real interview is than a mock one.
    gate, gate_noise : float
        Mean technical mark so far (1..4) above which candidates go on to real interviews, and
        the blur of that line.
    go_on_prob : float
        Chance that who is above the gate takes a real interview next.
    hire_prob : float
        Chance that a candidate whom a company advanced is hired and gone.
    bar_sd, company_noise : float
        Spread of companies' bars around 0; noise of one decision.
    throttle : float
        Share of mock sessions handed out by rank, best first, instead of by appetite.
    capacity_ratio, newcomer_share : float
        Capacity over demand (open slots against sessions, in every world), and sessions kept for
        interviewers under fifteen, if throttled.
    scheduling_weeks : float
        Weeks before the end whose slots, requests and offers are handed over.
    decline_rate : float
        Share of offers that are turned down, and passed on.
    waiting_rate : float
        Requests for later times about which nobody is asked yet, over those that are booked.
    comment_rate : float
        Forms with a comment.
    correction_rate, excused_rate : float
        Candidates' forms of which a second version comes later, and ratings that ops excused.
    decision_share : float
        Interviewers, the weakest, about whose standing people decided.
    erasure_rate : float
        Candidates who asked to be erased.
    """

    name: str = "base"
    n_interviewers: int = 1_000
    n_candidates: int = 24_500
    n_companies: int = 40
    start: datetime = datetime(2023, 1, 2, tzinfo=UTC)
    weeks: int = 156
    tick_days: float = 2.0
    volume_sd: float = 1.0
    founders_share: float = 0.45
    departure_rate: float = 0.12
    factor_correlation: float = 0.6
    leaving_weights: tuple[float, ...] = (0.40, 0.25, 0.20, 0.15)
    skill_drift_share: float = 0.2
    skill_half_life_weeks: float = 52.0
    learning_gain: float = 0.25
    abrupt_share: float = 0.04
    abrupt_sd: float = 1.0
    rating_skill: float = 0.5
    rating_cuts: tuple[float, float, float] = (-3.0, -1.95, -0.53)
    leniency_sd: float = 0.8
    halo: float = 0.3
    mood_sd: float = 0.4
    mood_leaving: float = 0.3
    session_noise_sd: float = 0.45
    item_noise_sd: float = 0.9
    inflation_per_year: float = 0.05
    feedback_rate: float = 0.75
    feedback_slope: float = 0.2
    item_missing_rate: float = 0.02
    late_rate: float = 0.03
    interviewer_form_rate: float = 0.98
    leaving_base: float = -1.73
    quality_leaving: float = 0.33
    covariate_leaving: float = 1.0
    frailty_sd: float = 0.5
    return_prob: float = 0.7
    return_years: float = 2.4
    matching: float = 0.1
    ability_mean: float = -0.05
    level_gap: float = 0.3
    bias_sd: float = 0.48
    bias_drift_share: float = 0.03
    bias_half_life_weeks: float = 52.0
    bias_penalty: float = 1.06
    judgement_noise: float = 0.75
    judgement_noise_spread: float = 0.15
    item_judgement_noise: float = 0.4
    practice_effect: float = 0.12
    real_shift: float = 0.0
    gate: float = 2.2
    gate_noise: float = 0.55
    go_on_prob: float = 0.46
    hire_prob: float = 0.35
    bar_sd: float = 0.25
    company_noise: float = 0.8
    throttle: float = 0.0
    capacity_ratio: float = 4.0
    newcomer_share: float = 0.15
    scheduling_weeks: float = 4.0
    decline_rate: float = 0.15
    waiting_rate: float = 0.2
    comment_rate: float = 0.3
    correction_rate: float = 0.0
    excused_rate: float = 0.002
    decision_share: float = 0.03
    erasure_rate: float = 0.0

    @property
    def days(self) -> float:
        """Days the platform is watched."""
        return 7.0 * self.weeks

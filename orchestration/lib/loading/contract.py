"""The raw contract as data: which tables a company hands over, and what their columns promise.

Every rule of the loader and every table it creates is derived from this one declaration, so a
change of the contract is a change of this file (and a line in the changelog).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestration.lib.errors import UserError
from orchestration.lib.loading.declaration import Column, Condition, Kind, Reference, Table

DEFAULT_QUESTIONS = ("excitement", "question_quality", "hint_quality", "communication")
# What the loader itself writes beside the contract's columns.
RAW_COLUMNS = ("extra", "source_loaded_at", "valid_to", "load_seq", "load_id", "load_version")
INTERVIEWER_QUESTIONS = ("technical", "problem_solving", "communication")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,58}")


def _columns(required: str, optional: str = "", **special: Column) -> tuple[Column, ...]:
    """Build columns from their names: ``_at`` and ``_start`` are instants, the rest is text."""
    built = []
    for names, is_required in ((required, True), (optional, False)):
        for name in names.split():
            kind: Kind = "instant" if name.endswith(("_at", "_start")) else "text"
            built.append(special.get(name) or Column(name, kind, is_required))
    return tuple(built)


def _ratings(questions: Sequence[str], bounds: tuple[int, int]) -> tuple[Column, ...]:
    return tuple(Column(name, "rating", is_required=False, bounds=bounds) for name in questions)


_INTERVIEWER = Reference("interviewer_id", "interviewers", "interviewer_id")
_CANDIDATE = Reference("candidate_id", "candidates", "candidate_id")
_SESSION = Reference("session_id", "sessions", "session_id")
_COMMENT = Column("comment", "prose", is_required=False)
_STATUSES = ("scheduled", "completed", "cancelled", "candidate_no_show", "interviewer_no_show")


def _people() -> tuple[Table, ...]:
    return (
        Table(
            "interviewers",
            ("interviewer_id",),
            _columns(
                "interviewer_id joined_at",
                "handle left_at employer_tier years_experience interviews_conducted",
                employer_tier=Column(
                    "employer_tier", "text", False, ("faang", "faang_adjacent", "other")
                ),
                years_experience=Column("years_experience", "number", False),
                interviews_conducted=Column("interviews_conducted", "integer", False),
            ),
            is_required=True,
        ),
        Table(
            "candidates",
            ("candidate_id",),
            _columns("candidate_id signed_up_at", "experience_level"),
            is_required=True,
        ),
    )


def _interviews(questions: Sequence[str], bounds: tuple[int, int]) -> tuple[Table, ...]:
    return (_sessions(), *_forms(questions, bounds))


def _sessions() -> Table:
    return Table(
        "sessions",
        ("session_id",),
        _columns(
            "session_id kind interview_type candidate_id scheduled_at status",
            "interviewer_id company_id started_at ended_at",
            kind=Column("kind", choices=("mock", "real")),
            status=Column("status", choices=_STATUSES),
        ),
        (_INTERVIEWER, _CANDIDATE),
        (
            Condition("company_id", "kind", "real"),
            Condition("interviewer_id", "kind", "mock"),
        ),
        is_required=True,
    )


def _forms(questions: Sequence[str], bounds: tuple[int, int]) -> tuple[Table, ...]:
    form = _columns("session_id submitted_at")
    verdict = Column("would_advance", "boolean")
    key = ("session_id",)
    return (
        Table(
            "candidate_feedback",
            key,
            (*form, *_ratings(questions, bounds), _COMMENT),
            (_SESSION,),
            is_required=True,
        ),
        Table(
            "interviewer_feedback",
            key,
            (*form, verdict, *_ratings(INTERVIEWER_QUESTIONS, bounds), _COMMENT),
            (_SESSION,),
            is_required=True,
        ),
        Table(
            "hiring_decisions",
            key,
            (*_columns("session_id decided_at"), Column("advanced", "boolean")),
            (_SESSION,),
        ),
    )


def _platform() -> tuple[Table, ...]:
    score = Column("score", "rating", bounds=(0, 10))
    offer = (
        Column("accepted", "boolean", is_required=False),
        Column("offer_probability", "number", is_required=False),
    )
    attendance = ("meeting_id", "interviewer_id")
    slot = ("interviewer_id", "interview_type", "slot_start")
    request = Reference("request_id", "booking_requests", "request_id")
    meeting = Reference("meeting_id", "onboarding_meetings", "meeting_id")
    return (
        Table(
            "nps_responses",
            ("response_id",),
            _columns("response_id candidate_id responded_at score", score=score),
            (_CANDIDATE,),
        ),
        Table("availability", slot, _columns(" ".join(slot)), (_INTERVIEWER,)),
        Table(
            "booking_requests",
            ("request_id",),
            _columns("request_id candidate_id interview_type slot_start requested_at"),
            (_CANDIDATE,),
        ),
        Table(
            "offers",
            ("offer_id",),
            (*_columns("offer_id request_id interviewer_id offered_at"), *offer),
            (request, _INTERVIEWER),
        ),
        Table("onboarding_meetings", ("meeting_id",), _columns("meeting_id held_at")),
        Table(
            "onboarding_attendance",
            attendance,
            _columns(" ".join(attendance)),
            (meeting, _INTERVIEWER),
        ),
    )


def _decisions(reasons: Sequence[str]) -> tuple[Table, ...]:
    decisions = "outreach warn pause reinstate dismiss override appeal_upheld appeal_rejected"
    return (
        Table(
            "excused_ratings",
            ("session_id",),
            _columns(
                "session_id reason_code decided_by decided_at",
                reason_code=Column("reason_code", choices=tuple(reasons)),
            ),
            (_SESSION,),
        ),
        Table(
            "standing_decisions",
            ("decision_id",),
            _columns(
                "decision_id interviewer_id decision decided_by decided_at reason",
                decision=Column("decision", choices=tuple(decisions.split())),
                reason=Column("reason", "prose"),
            ),
            (_INTERVIEWER,),
        ),
        Table(
            "erasure_requests",
            ("candidate_id",),
            _columns("candidate_id requested_at"),
            # No reference: who is erased may not have been handed over yet.
        ),
    )


def contract(
    questions: Sequence[str] = DEFAULT_QUESTIONS,
    rating_min: int = 1,
    rating_max: int = 4,
    excuse_reasons: Sequence[str] = (),
) -> tuple[Table, ...]:
    """List the tables of the raw contract, each after the tables it refers to.

    Parameters
    ----------
    questions : sequence of str
        Names of the candidate form's questions.
    rating_min, rating_max : int
        The rating scale, both ends included.
    excuse_reasons : sequence of str
        Codes for which a rating may be excused; empty means any.

    Returns
    -------
    tuple of Table

    Raises
    ------
    UserError
        When a question's name cannot be a column of its own.
    """
    bounds = (rating_min, rating_max)
    taken = {"session_id", "submitted_at", "comment", "loaded_at", *RAW_COLUMNS}
    for question in questions:
        if not _NAME.fullmatch(question) or question in taken:
            raise UserError(
                f"the candidate form's question {question!r} cannot name a column;"
                " use lowercase letters, digits and underscores, and no name of the contract"
            )
    return (*_people(), *_interviews(questions, bounds), *_platform(), *_decisions(excuse_reasons))

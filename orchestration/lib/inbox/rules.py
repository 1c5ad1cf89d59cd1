"""The inbox's rules that need other tables, as triggers that run with their owner's rights."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.lib.loading.erasure_texts import HASH
from orchestration.lib.loading.inbox import INBOX_SCHEMA as OPS
from orchestration.lib.loading.inbox import INBOX_TABLES
from orchestration.lib.loading.schema import listed

# Definers look names up nowhere but where they say.
_DEFINER = "language plpgsql security definer set search_path = pg_catalog, pg_temp"

# A decision rests on the published figures, so it is of their time, however old they are: just
# after them. Were it of the wall clock's time, the next run would stand for today, and on an old
# hand-over everybody would have been idle since. The loader calls a day too far ahead, too.
_INSTANT = f"""
create or replace function {OPS}.decided_at(asked timestamptz, earlier timestamptz)
returns timestamptz {_DEFINER} as $$
declare
    published timestamptz := (select max(published.as_of) from run.publications as published);
    tick interval := '1 microsecond';
begin
    if published is null then
        raise exception 'nothing is published yet, and decisions rest on published figures; '
            'publish first: make run';
    elsif asked is null then
        return greatest(least(clock_timestamp(), published + tick), earlier + tick);
    elsif asked > clock_timestamp() then
        raise exception 'decided at %, which lies in the future; leave the instant out, or give '
            'the one at which it was decided', asked;
    elsif asked > published + interval '1 day' then
        raise exception 'decided at %, more than a day after the published figures, which stand '
            'for %; leave the instant out, or publish newer ones first: make run',
            asked, published;
    end if;
    return asked;
end
$$
"""

_DECISION = f"""
create or replace function {OPS}.check_standing_decision() returns trigger {_DEFINER} as $$
declare
    joined timestamptz;
begin
    new.decided_at := {OPS}.decided_at(new.decided_at, (
        select max(decisions.decided_at) from {OPS}.standing_decisions as decisions
        where decisions.interviewer_id = new.interviewer_id
    ));
    select people.joined_at into joined from raw.interviewers as people
    where people.interviewer_id = new.interviewer_id and people.valid_to is null;
    if not found then
        raise exception 'no interviewer % is known', new.interviewer_id;
    end if;
    if new.decided_at < joined then
        raise exception 'decided at %, before interviewer % joined (%)',
            new.decided_at, new.interviewer_id, joined;
    end if;
    if {OPS}.names_a_candidate(new.reason) then
        raise exception 'the reason names a candidate, who may ask to be erased; '
            'name the session instead';
    end if;
    return new;
end
$$
"""

# Erased people count too, by their hash. A bare number in a reason is a number, and nobody.
_NAMED = rf"""
create or replace function {OPS}.names_a_candidate(reason text) returns boolean {_DEFINER} as $$
begin
    return exists (
        select from (
            select btrim(part, '.:!?()[]<>''') as word
            from regexp_split_to_table(reason, '[\s,;|"]+') as part
        ) as words
        where words.word !~ '^\d*$' and (
            exists (select from raw.candidates as people where people.candidate_id = words.word)
            or exists (
                select from run.erasures as erasures
                where erasures.candidate_hash = {HASH.format("words.word")}
            )
        )
    );
end
$$
"""

_EXCUSE = """
create or replace function {ops}.check_excused_rating() returns trigger {definer} as $$
declare
    began timestamptz;
begin
    new.decided_at := {ops}.decided_at(new.decided_at, null);
    select coalesce(sessions.started_at, sessions.scheduled_at) into began
    from raw.sessions as sessions
    where sessions.session_id = new.session_id and sessions.valid_to is null;
    if not found then
        raise exception 'no session % is known', new.session_id;
    end if;
    if not exists (
        select from raw.candidate_feedback as form
        where form.session_id = new.session_id and form.valid_to is null
            and num_nonnulls({questions}) > 0
    ) then
        raise exception 'session % holds no rating by its candidate: there is nothing to excuse',
            new.session_id;
    end if;
    if exists (select from raw.excused_ratings as e where e.session_id = new.session_id)
        or exists (select from {ops}.excused_ratings as e where e.session_id = new.session_id)
    then
        raise exception 'the rating of session % is excused already', new.session_id;
    end if;
    if new.decided_at < began then
        raise exception 'decided at %, before session % began (%)',
            new.decided_at, new.session_id, began;
    end if;
    return new;
end
$$
"""

_REFUSAL = f"""
create or replace function {OPS}.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%.% is only appended to: record another row', tg_table_schema, tg_table_name;
end
$$
"""
_CHECKED_BY = {
    "standing_decisions": "check_standing_decision",
    "excused_ratings": "check_excused_rating",
}


def rules_ddl(questions: Sequence[str]) -> list[str]:
    """Write the statements that make the inbox's functions and triggers, or make them anew.

    Parameters
    ----------
    questions : sequence of str
        The candidate form's questions: a session is rated if one of them is answered.

    Returns
    -------
    list of str
    """
    excuse = _EXCUSE.format(ops=OPS, definer=_DEFINER, questions=listed(questions, "form"))
    triggers = [
        f"""
        create or replace trigger check_new before insert on {OPS}.{table}
            for each row execute function {OPS}.{_CHECKED_BY[table]}();
        create or replace trigger refuse_change before update or delete or truncate
            on {OPS}.{table} for each statement execute function {OPS}.refuse_change()
        """
        for table in INBOX_TABLES
    ]
    # Triggers need no grant; called by hand, these would tell who is known here.
    closed = f"revoke all on all functions in schema {OPS} from public"
    return [_INSTANT, _NAMED, _DECISION, excuse, _REFUSAL, *triggers, closed]

-- Each row of the ledger tells the whole change, to the last digit: what an interviewer reads
-- as the reasons adds up to what they see.
select
    interviewer_id,
    publication_id,
    score_change,
    sessions_in_part + aged_out_part + corrections_part + adjustments_part + weights_part
        as parts
from {{ ref('fct_score_ledger') }}
where score_change
    <> sessions_in_part + aged_out_part + corrections_part + adjustments_part + weights_part
    or score_change <> score_after - score_before

-- Publishing appends, as to the ledger that it shows.
{{ config(meta={'append_only': true}) }}
with

ledger as (

    select * from {{ ref('fct_score_ledger') }}

)

select
    interviewer_id,
    publication_id,
    score_before,
    score_after,
    score_change,
    sessions_in_part,
    aged_out_part,
    corrections_part,
    adjustments_part,
    weights_part,
    n_sessions_in,
    n_sessions_aged_out,
    n_sessions_corrected,
    n_sessions_readjusted,
    previous_as_of,
    as_of
from ledger

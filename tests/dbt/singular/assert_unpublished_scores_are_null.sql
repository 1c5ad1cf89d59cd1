-- Below the evidence floor a figure is null and says what is missing, never a guess; above it, it
-- is there. Guards both score tables.
select
    interviewer_id,
    'experience' as score
from {{ ref('fct_experience_scores') }}
where is_published <> (experience_score is not null)
    or is_published <> (unpublished_reason is null)
    or (not is_published and coalesce(quality_estimate, percentile, experience_low) is not null)

union all

select
    interviewer_id,
    'accuracy' as score
from {{ ref('fct_accuracy_scores') }}
where is_published <> (accuracy_score is not null)
    or is_published <> (unpublished_reason is null)
    or is_published = (accuracy_bucket = 'not_enough_data')
    or (n_mocks < {{ var('min_judged_mocks') }} and leniency is not null)

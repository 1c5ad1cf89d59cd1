{%- set z = var('interval_z') %}
{%- set in_force = var('accuracy_window_days') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

fitted as (

    select * from {{ ref('fit_accuracy_held_out') }}

),

-- Without a comparison the table still says what would be asked.
asked as (

    select
        listed.window_name,
        listed.window_name::integer as window_days
    from unnest(array{{ var('tried_accuracy_windows') }}::text[]) as listed (window_name)

    union all

    select
        'all' as window_name,
        null::integer as window_days

),

bounded as (

    select
        level as window_name,
        n,
        estimate as correlation,
        greatest(estimate - {{ z }} * estimate_se, -1) as correlation_low,
        least(estimate + {{ z }} * estimate_se, 1) as correlation_high
    from fitted
    where measure = 'window'

)

select
    asked.window_name,
    asked.window_days,
    coalesce(bounded.n, 0)::integer as n_interviewers,
    round(bounded.correlation::numeric, 3)::numeric(5, 3) as correlation,
    round(bounded.correlation_low::numeric, 3)::numeric(5, 3) as correlation_low,
    round(bounded.correlation_high::numeric, 3)::numeric(5, 3) as correlation_high,
    coalesce(asked.window_days, -1) = {{ in_force if in_force is not none else -1 }} as is_in_force,
    bounded.correlation is not null as is_supported,
    (select max(fitted.fit_id) from fitted) as fit_id,
    clock.as_of
from asked
cross join clock
left join bounded
    on asked.window_name = bounded.window_name

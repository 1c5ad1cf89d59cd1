-- depends_on: {{ ref('pnl_experience_weights') }}
{#- Weights that are tried (`make preview`) stand in place of the fitted ones. -#}
{%- set tried = var('preview_weights') if target.name == 'preview' else {} %}
with

in_force as (

    {{ accepted_fit('experience_weights') }}

)
{%- if tried %},

tried as (

    select
        in_force.fit_id,
        in_force.trained_through,
        in_force.fitted_at,
        in_force.factor,
        weights.weight,
        in_force.weight_raw,
        weights.weight as weight_low,
        weights.weight as weight_high
    from in_force
    inner join (
        values
        {%- for factor, weight in tried.items() %}
        ('{{ factor }}', {{ weight }}::double precision){{ ',' if not loop.last }}
        {%- endfor %}
    ) as weights (factor, weight)
        on in_force.factor = weights.factor

)

select * from tried
{%- else %}

select * from in_force
{%- endif %}

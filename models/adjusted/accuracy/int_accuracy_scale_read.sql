with

scale_parameters as (

    select * from {{ ref('fit_accuracy_scale') }}

),

buckets as (

    select * from {{ ref('accuracy_buckets') }}

),

links as (

    select
        max(value) filter (where parameter = 'real_slope') as real_slope,
        max(value) filter (where parameter = 'mock_intercept')
        + max(value) filter (where parameter = 'mock_ability_slope')
        * max(value) filter (where parameter = 'a50') as borderline_log_odds,
        max(value) filter (where parameter = 'mock_leniency_slope') as leniency_slope
    from scale_parameters

),

-- The bucket's edge lies halfway between the last score inside and the first one outside.
edges as (

    select
        (
            min(accuracy_score) filter (where accuracy_bucket = 'ok')
            + max(accuracy_score) filter (where accuracy_bucket = 'too_strict')
        )::double precision / 2 as strict_edge,
        (
            max(accuracy_score) filter (where accuracy_bucket = 'ok')
            + min(accuracy_score) filter (where accuracy_bucket = 'too_lenient')
        )::double precision / 2 as lenient_edge
    from buckets

),

-- The chance of a yes that the edges stand for.
edge_probs as (

    select
        strict_edge,
        lenient_edge,
        1 - power(2, -strict_edge / 4) / 2 as strict_yes_prob,
        power(2, lenient_edge / 4) / 2 as lenient_yes_prob
    from edges

)

select
    edge_probs.*,
    links.real_slope,
    links.borderline_log_odds,
    links.leniency_slope,
    -- The leniency of one who stands right on the edge.
    (
        ln(edge_probs.strict_yes_prob / (1 - edge_probs.strict_yes_prob))
        - links.borderline_log_odds
    ) / nullif(links.leniency_slope, 0) as strict_leniency,
    (
        ln(edge_probs.lenient_yes_prob / (1 - edge_probs.lenient_yes_prob))
        - links.borderline_log_odds
    ) / nullif(links.leniency_slope, 0) as lenient_leniency
from edge_probs
cross join links

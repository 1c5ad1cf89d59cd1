{#- Fails with every combination of the columns that stands more than once, or has a null in it. -#}
{% test unique_combination(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as n_rows
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
    or {% for column in columns %}bool_or({{ column }} is null){{ ' or ' if not loop.last }}{% endfor %}

{% endtest %}

{#- The columns of a correlation and its interval, and the naive rule's beside it. -#}
{% macro correlations_bounded(correlation, n, naive_correlation, naive_n) -%}
    {{ correlation }} as figure,
    {{ correlation_bound(correlation, n, 'lower') }} as figure_low,
    {{ correlation_bound(correlation, n, 'upper') }} as figure_high,
    {{ naive_correlation }} as naive_figure,
    {{ correlation_bound(naive_correlation, naive_n, 'lower') }} as naive_low,
    {{ correlation_bound(naive_correlation, naive_n, 'upper') }} as naive_high
{%- endmacro %}

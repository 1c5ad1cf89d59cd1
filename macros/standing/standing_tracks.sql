{#- What a standing is decided on: the probability of being beyond each edge, and what counts as
    evidence of it. Experience, and strict and lenient apart. -#}
{% macro standing_tracks() -%}
    {{ return([['below_line', 'rated'], ['too_strict', 'mocks'], ['too_lenient', 'mocks']]) }}
{%- endmacro %}

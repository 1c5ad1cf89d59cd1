{#- A stable bucket from 0 to n - 1 for a text key: the same in every run and on every machine. -#}
{% macro hash_bucket(key, n) -%}
    (('x' || substr(md5({{ key }}), 1, 8))::bit(32)::bigint % {{ n }})::integer
{%- endmacro %}

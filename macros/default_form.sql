{#- The default form's questions: the factors that published tables have columns of their own for. -#}
{% macro default_form() -%}
    {{ return(['excitement', 'question_quality', 'hint_quality', 'communication']) }}
{%- endmacro %}

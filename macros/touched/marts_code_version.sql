{#- What the marts are made by: the project's SQL (hashed when the warehouse is prepared) and the
    settings that a command line may change. -#}
{% macro marts_code_version() %}
    {%- set settings = [
        var('churn_days'), var('blind_release_days'), var('outcome_days'),
        var('rating_min'), var('rating_max'),
    ] -%}
    {{ return(local_md5(env_var('RATINGS_MARTS_VERSION', '') ~ tojson(settings))) }}
{% endmacro %}

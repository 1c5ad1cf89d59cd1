{#- Evaluations in a row that lie behind the recommendation to warn or pause; without one, of the track
    that has most: towards a pause of whoever is warned, else towards a warning. -#}
{% macro longest_run(state) -%}
    {%- set tracks = standing_tracks() %}
    case
        {%- for act in ['pause', 'warn'] %}
        {%- for track, kind in tracks %}
        when {{ state }}.recommended = '{{ act }}' and {{ state }}.recommended_for = '{{ track }}'
            then {{ state }}.{{ act }}_run_{{ track }}
        {%- endfor %}
        {%- endfor %}
        {%- for act, condition in [['pause', "when " ~ state ~ ".standing = 'warned' then"], ['warn', 'else']] %}
        {{ condition }} greatest(
            {%- for track, kind in tracks %}
            {{ state }}.{{ act }}_run_{{ track }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        {%- endfor %}
    end
{%- endmacro %}

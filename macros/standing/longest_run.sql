{#- Evaluations in a row, of the track that has most: towards a pause of whoever is warned, else
    towards a warning. -#}
{% macro longest_run(state) -%}
    case
        {%- for act, condition in [['pause', "when " ~ state ~ ".standing = 'warned' then"], ['warn', 'else']] %}
        {{ condition }} greatest(
            {%- for track, kind in standing_tracks() %}
            {{ state }}.{{ act }}_run_{{ track }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
        {%- endfor %}
    end
{%- endmacro %}

{#- What an older session of a window still says about today. Where interviewers drift, exponential
    smoothing at the steady-state gain of a random walk seen n / span times a week (Muth 1960), but
    never below 1/e for the oldest of the window; weeks count back from the newest session. -#}
{% macro session_discount(weeks_older, oldest_weeks, n_sessions, drift_variance, noise_variance) -%}
    round(
        exp(
            -case
                when {{ oldest_weeks }} > 0 and {{ noise_variance }} > 0
                    then least(
                        sqrt(
                            {{ drift_variance }} * {{ n_sessions }} / {{ oldest_weeks }}
                            / {{ noise_variance }}
                        ),
                        1 / {{ oldest_weeks }}
                    )
                else 0
            end * {{ weeks_older }}
        )::numeric,
        6
    )
{%- endmacro %}

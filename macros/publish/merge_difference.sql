{#- Brings a published table to the state of its candidate by touching only what differs: rows that
    are gone, rows that changed, rows that are new. Row by row comparison rather than a stored hash:
    it cannot collide, and one hash join serves both. A table with meta append_only only ever gains rows:
    its candidate holds the new ones alone. -#}
{% macro merge_difference(node) -%}
    {%- set candidate = api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias, type='table'
    ) -%}
    {%- set permanent = permanent_relation(candidate) -%}
    {%- set key = primary_key_columns(node) -%}
    {%- set columns = adapter.get_columns_in_relation(candidate) | map(attribute='quoted') | list -%}
    {%- set payload = [] -%}
    {%- for column in columns if column | replace('"', '') not in key -%}
        {%- do payload.append(column) -%}
    {%- endfor -%}
    {%- set same_key -%}
        {%- for column in key %}
            candidate.{{ column }} = published.{{ column }}{{ ' and ' if not loop.last }}
        {%- endfor -%}
    {%- endset %}

    {% if not node.config.meta.get('append_only') %}
    delete from {{ permanent }} as published
    where not exists (select 1 from {{ candidate }} as candidate where {{ same_key }});
    {% endif %}
    {% if payload and not node.config.meta.get('append_only') %}
    update {{ permanent }} as published
    set {% for column in payload %}{{ column }} = candidate.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ candidate }} as candidate
    where {{ same_key }}
        and ({% for column in payload %}published.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
        is distinct from
        ({% for column in payload %}candidate.{{ column }}{{ ', ' if not loop.last }}{% endfor %});
    {% endif %}
    insert into {{ permanent }} ({{ columns | join(', ') }})
    select {% for column in columns %}candidate.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from {{ candidate }} as candidate
    where not exists (select 1 from {{ permanent }} as published where {{ same_key }});
{%- endmacro %}

{#- Each interviewer sees the rows whose owner column equals app.interviewer_id, and no other. The
    policies sit on the permanent table, which no build replaces. `force` binds the owner too, so the
    builder gets a policy of its own. -#}
{% macro _row_level_security(permanent, reader, row_owner) -%}
    alter table {{ permanent }} enable row level security;
    alter table {{ permanent }} force row level security;
    drop policy if exists builder on {{ permanent }};
    create policy builder on {{ permanent }} to {{ adapter.quote(target.user) }}
        using (true) with check (true);
    drop policy if exists own_rows on {{ permanent }};
    do $policy$
    begin
        if exists (select 1 from pg_catalog.pg_roles where rolname = '{{ reader }}') then
            create policy own_rows on {{ permanent }} for select to {{ reader }}
                using ({{ row_owner }} = current_setting('app.interviewer_id', true));
        end if;
    end
    $policy$;
{%- endmacro %}

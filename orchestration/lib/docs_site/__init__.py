"""The documentation as a static site: dbt's pages and Dagster's asset graph, open from disk."""

from orchestration.lib.docs_site.site import write_site

__all__ = ["write_site"]

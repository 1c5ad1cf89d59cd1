"""The embedded PostgreSQL: our own small runner over binaries that somebody else built."""

from orchestration.lib.postgres.cluster import EmbeddedPostgres
from orchestration.lib.postgres.connection import Connection

__all__ = ["Connection", "EmbeddedPostgres"]

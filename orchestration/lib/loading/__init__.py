"""Loading: tables of the raw contract into the warehouse's raw history, set-based."""

from orchestration.lib.loading.contract import DEFAULT_QUESTIONS, contract
from orchestration.lib.loading.database_tables import is_dsn, shown_name
from orchestration.lib.loading.inbox import INBOX_SOURCE, Inbox, count_waiting
from orchestration.lib.loading.load import load
from orchestration.lib.loading.report import LoadReport, TableCounts, together
from orchestration.lib.loading.schema import prepare_raw
from orchestration.lib.loading.source import read_through

__all__ = [
    "DEFAULT_QUESTIONS",
    "INBOX_SOURCE",
    "Inbox",
    "LoadReport",
    "TableCounts",
    "contract",
    "count_waiting",
    "is_dsn",
    "load",
    "prepare_raw",
    "read_through",
    "shown_name",
    "together",
]

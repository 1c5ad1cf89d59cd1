"""The inbox: what people record here by hand, decisions on standing and excused ratings."""

from orchestration.lib.inbox.record import decide, excuse
from orchestration.lib.inbox.tables import WRITER, prepare_inbox

__all__ = ["WRITER", "decide", "excuse", "prepare_inbox"]

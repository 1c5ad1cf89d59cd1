"""Opaque identifiers and pronounceable pseudonyms."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint8)
_HEX_PAIRS = _HEX.reshape(256, 2)
# Odd, so that multiplying modulo 2**32 maps no two numbers onto one.
_SCRAMBLE = 2654435761
_SYLLABLES = [c + v for c in "bdfgjklmnprstvz" for v in "aeiou"]


def opaque_ids(prefix: str, numbers: ArrayLike) -> pa.Array:
    """Text identifiers that tell nothing about order; unique below 2**32; null where negative."""
    values = np.asarray(numbers, dtype=np.int64)
    scrambled = (values * _SCRAMBLE + 12_345) % 2**32
    octets = scrambled.astype(">u4").view(np.uint8).reshape(len(values), 4)
    digits = _HEX_PAIRS[octets].reshape(len(values), 8)
    head = np.frombuffer(prefix.encode(), np.uint8)
    text = np.concatenate([np.tile(head, (len(values), 1)), digits], axis=1)
    is_present = values >= 0
    width = text.shape[1]
    offsets = np.concatenate([[0], np.cumsum(np.where(is_present, width, 0))]).astype(np.int32)
    return pa.Array.from_buffers(
        pa.string(),
        len(values),
        [
            pa.py_buffer(np.packbits(is_present, bitorder="little").tobytes()),
            pa.py_buffer(offsets.tobytes()),
            pa.py_buffer(np.ascontiguousarray(text[is_present]).tobytes()),
        ],
    )


def handles(n: int, rng: np.random.Generator) -> list[str]:
    """Unique pseudonyms of three syllables or as many as needed, such as `Talino`."""
    base, length = len(_SYLLABLES), 3
    while base**length < 2 * n:
        length += 1
    numbers = rng.choice(base**length, n, replace=False)
    digits = numbers[:, None] // base ** np.arange(length) % base
    return ["".join(_SYLLABLES[digit] for digit in row).capitalize() for row in digits]

"""The matrix of hazards: what kind of danger it is, and which lessons belong to it, the first one first.

After the company's categories of accidents (struck by an object, caught in a machine, poisoned or suffocated, ...); the codes are
those of lesson topics where a category has one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

MATRIX: Mapping[str, tuple[str, ...]] = {
    "WAH": ("WAH", "LAD", "SCF", "PTW", "HOC", "SWA"),
    "LAD": ("LAD", "WAH", "STF"),
    "SCF": ("SCF", "WAH", "LIF"),
    "STF": ("STF", "HSK"),
    "STRUCK": ("LIF", "PPE", "HSK", "WAH"),
    "LIF": ("LIF", "PTW", "ELE"),
    "MGD": ("MGD", "LOTO", "SWA"),
    "LOTO": ("LOTO", "MGD", "ELE", "PTW"),
    "ELE": ("ELE", "LOTO", "AID"),
    "FLT": ("FLT", "DRV", "HSK"),
    "DRV": ("DRV", "FAT"),
    "EXC": ("EXC", "PTW", "CSE"),
    "COLLAPSE": ("EXC", "SCF", "EVA"),
    "CSE": ("CSE", "RSP", "PTW", "AID"),
    "HOT": ("HOT", "FIR", "PTW"),
    "FIR": ("HOT", "FIR", "EVA", "HSK"),
    "CYL": ("CYL", "HOT", "DST"),
    "DST": ("DST", "HSK", "HOT"),
    "HAZ": ("HAZ", "PPE", "AID", "RSP"),
    "RSP": ("RSP", "HAZ", "HOC"),
    "NOI": ("NOI", "HOC", "PPE"),
    "MAN": ("MAN", "HOC"),
    "HEA": ("HEA", "AID", "FAT"),
    "COL": ("COL", "AID"),
    "DROWN": ("WAH", "AID", "EVA"),
    "VIBR": ("HOC", "PPE", "HAZ"),
    "FAT": ("FAT", "DRV", "BBS"),
    "LONE": ("FAT", "EVA", "AID"),
    "HSK": ("HSK", "STF", "EVA"),
    "EVA": ("EVA", "FIR", "AID"),
    "AID": ("AID", "EVA"),
    "BBS": ("BBS", "SWA", "FNH"),
    "PPE": ("PPE", "HOC"),
    "HOC": ("HOC", "PPE"),
    "PTW": ("PTW", "HOT", "CSE", "LIF", "WAH"),
    "TRN": ("TRN", "FNH", "ROL"),
    "ROL": ("ROL", "PTW", "TRN"),
    "NMR": ("NMR", "BBS", "ROL"),
    "RSK": ("RSK", "HOC", "PTW"),
}
"""Each category and its topics."""


def topic_of(category: str) -> str:
    """The topic whose lesson comes first."""
    return MATRIX[category][0]


def topics_of(category: str | None, topic: str | None) -> tuple[str, ...]:
    """All topics that belong to a hazard, the first one first."""
    if category is not None and category in MATRIX:
        return MATRIX[category]
    return (topic,) if topic else ()

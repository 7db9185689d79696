"""What training and drills cost, as values. By unit: never a figure about a person."""

from __future__ import annotations

from dataclasses import dataclass, field

TRAINING = ("TalkAttended", "CourseCompleted", "TrainingEntered", "InductionLevelDone")
"""Facts about somebody that hold minutes of training."""
DRILL_ENDED, DRILL_TAKEN = "MusterEnded", "MusterAnswered"
"""A drill's minutes, and each person who took part."""
FEWEST = 5
"""Of fewer people nothing is shown: it would tell what one of them costs."""


@dataclass
class Spent:
    """A unit's training and drills in a time. Amounts by currency; `unrated` are minutes of posts that have no rate."""

    training: int = 0
    drills: int = 0
    time: dict[str, int] = field(default_factory=dict)
    booked: dict[str, int] = field(default_factory=dict)
    unrated: int = 0

    @property
    def minutes(self) -> int:
        """All minutes."""
        return self.training + self.drills

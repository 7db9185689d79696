"""Courses: lessons and an exam that a rule binds people to; and the training file, which can be asked about any day."""

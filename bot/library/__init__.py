"""Lessons, questions and their banks: the model, the kinds of question, the files they come in, and the checks."""

"""Lessons that a trainer writes in the chat or in a workbook, voice notes, and what is published when, by whom, in which words."""

"""Dangers that people see: report, alert, escalate, fix, verify, and tell whoever reported it."""

"""The risk register: what can hurt in each unit, place and task, how bad it is, and whether what keeps it small is still there."""

"""Who works here: persons and their accounts, units, posts, shifts, leave, roles and what each may see."""

"""Someone is hurt: first aid and the alarm at once, then a restricted register, fair investigation and the clocks of the law."""

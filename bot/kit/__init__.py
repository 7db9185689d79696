"""Pure pieces that every room shares: time, values, arithmetic. Imports nothing of ours and does no I/O."""

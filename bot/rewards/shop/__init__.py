"""What points can be spent on: a catalogue with stock, redeemed with somebody's approval."""

"""SOS by two taps, and the timer of somebody who works alone."""

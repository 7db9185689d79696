"""The monthly review: plan, do, check, act. What is open goes on into the next month with its history."""

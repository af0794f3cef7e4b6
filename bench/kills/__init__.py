"""The program killed at random moments while people talk to it."""

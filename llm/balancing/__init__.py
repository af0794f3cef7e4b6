"""Which of several servers with the same model does a request, who waits for it, and in which order."""

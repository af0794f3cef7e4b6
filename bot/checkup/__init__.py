"""Whether everything is as it should be: told by `domovoy doctor`, `/health` and the log of the start."""

"""The settings file that `domovoy init` writes."""

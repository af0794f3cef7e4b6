"""`domovoy init`: a settings file made by a few questions, or by none."""

"""What is particular about each kind of model server."""

"""What is particular about each kind of model server, one module for each; `registry` has them all."""

"""What models are asked for beside answers to people."""

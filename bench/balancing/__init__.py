"""How requests are spread over servers that have the same model, in simulated time, beside other ways and an oracle."""

"""Charts as pictures: what is in one, how it is drawn, and the process that draws."""

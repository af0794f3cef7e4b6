"""What people send besides plain text: files fetched and read, speech written down, the rest put into words."""

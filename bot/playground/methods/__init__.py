"""The methods of the Bot API that the playground has, one small function each."""

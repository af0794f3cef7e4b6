"""What is known of an update before a handler sees it."""

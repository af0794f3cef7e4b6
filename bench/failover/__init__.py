"""The sixteen faults of Failover Bench (routing.md 0.1), re-made: what a caller gets, and what the provider sees."""

"""The sixteen faults of Failover Bench (docs/failover.md), re-made: what a caller gets, and what the provider sees."""

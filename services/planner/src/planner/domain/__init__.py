"""The planner's decision: pure functions over plain values, no I/O, no clock."""

"""Days of the real program on a clock that never waits, replayed by seed."""

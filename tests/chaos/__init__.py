"""The nemesis: clients that keep a history, faults by a seeded schedule, and a judgement."""

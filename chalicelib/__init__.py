"""Ackguard: decide whether a public mention may get a holding acknowledgement, and prove why."""

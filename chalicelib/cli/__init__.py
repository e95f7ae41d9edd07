"""The ackguard command; never imported by a Lambda."""

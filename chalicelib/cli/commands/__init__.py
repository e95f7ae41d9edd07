"""The words after ``ackguard``, one file each."""

"""The words of ``ackguard policy``, one file each: its name is the word, it ends ``COMMAND = Command(add, run)``.

Every start of ``ackguard`` imports these files, so whatever reads or compiles policies is imported inside ``run``.
"""

"""The words of ``ackguard voice``, one file each: its name is the word, it ends ``COMMAND = Command(add, run)``.

Every start of ``ackguard`` imports these files, so whatever reads voices is imported inside ``run``.
"""

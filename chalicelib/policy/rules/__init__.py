"""What a rule is: how it is written, what its checks may look at, and what they find."""

"""The pieces of the relay platform file: the body's shape, its meaning and the replies door."""

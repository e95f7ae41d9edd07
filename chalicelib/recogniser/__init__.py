"""How ordinary a request is: a small sentence encoder and what it has learnt, exact to the bit on every machine."""

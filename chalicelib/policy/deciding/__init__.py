"""A signed bundle and the facts of a mention: which rules fire, the one decision, and the decision in words."""

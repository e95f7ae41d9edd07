"""Record, canonical bytes, tree, checkpoint: pure."""

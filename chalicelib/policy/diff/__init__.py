"""What became different between two bundles, and which way it points."""

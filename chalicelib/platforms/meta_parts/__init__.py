"""The pieces that the Facebook and Instagram platform files share: the door, the envelopes, the posting API."""

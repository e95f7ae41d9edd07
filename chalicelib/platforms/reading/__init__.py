"""Reading what a platform sent: any bytes give a value, never an exception."""

"""How each platform talks: sans-I/O, one file each."""

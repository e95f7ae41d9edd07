"""The bundled demo stream: scenes written by us, and the shapes and signatures in which the platforms deliver them."""

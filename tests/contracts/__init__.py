"""What every implementation of a port must do: one class per port, subclassed once per backend with its fixture."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{port}" for port in ("store", "queue", "artefacts", "secrets", "signer")))

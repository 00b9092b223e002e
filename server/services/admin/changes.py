"""From a patch to what is changed: fields that were left out stay."""

from msgspec import UNSET, Struct


def given(patch: Struct) -> dict[str, object]:
    """Return the fields that the client set, null included."""
    values = {name: getattr(patch, name) for name in patch.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}

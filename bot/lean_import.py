"""Loads aiogram without building the validators of all its 900 models: each is built when it is first used.

aiogram marks its types as deferred and then rebuilds every one of them while it is imported, which costs seconds and
over a hundred megabytes (3.31.0), for models of which a bot uses a tenth. Here the rebuilding during the import only
resolves the names in the annotations, which is what it is there for; pydantic builds the rest on first use.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel
from pydantic._internal import _config, _fields, _namespace_utils


def load_aiogram() -> None:
    """Import aiogram; has an effect only before anything else has imported it."""
    with _deferred():
        for name in ("aiogram.types", "aiogram.methods", "aiogram"):
            importlib.import_module(name)


@contextmanager
def _deferred() -> Iterator[None]:
    original, default = BaseModel.__dict__["model_rebuild"], _config.config_defaults["defer_build"]
    BaseModel.model_rebuild = classmethod(_resolve_names)  # type: ignore[method-assign, assignment]
    _config.config_defaults["defer_build"] = True
    try:
        yield
    finally:
        BaseModel.model_rebuild = original  # type: ignore[method-assign]
        _config.config_defaults["defer_build"] = default


def _resolve_names(cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **_: Any) -> None:
    """Resolve the annotations of a model's fields, and leave its validator to be built on first use."""
    if cls.__pydantic_fields_complete__:
        return
    cls.__pydantic_fields__, cls.__pydantic_extra_info__ = _fields.rebuild_model_fields(
        cls,
        config_wrapper=_config.ConfigWrapper(cls.model_config, check=False),
        ns_resolver=_namespace_utils.NsResolver(parent_namespace=_types_namespace),
        typevars_map={},
    )

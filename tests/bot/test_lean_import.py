"""Every model of aiogram works after the lean import, and is built only when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
from bot.lean_import import load_aiogram
load_aiogram()
from aiogram import methods, types
from aiogram.types import Message, Update
assert not Message.__pydantic_complete__, "the import has built a model"
update = Update.model_validate({"update_id": 1, "message": {"message_id": 5, "date": 1700000000, "text": "hi",
    "chat": {"id": 3, "type": "private", "first_name": "A"}, "from": {"id": 3, "is_bot": False, "first_name": "A"}}})
assert update.message.from_user.id == 3 and update.message.text == "hi"
count = 0
for module in (types, methods):
    for name in module.__all__:
        model = getattr(module, name)
        if hasattr(model, "model_rebuild"):
            model.model_rebuild()
            assert model.__pydantic_complete__, name
            count += 1
print(count)
"""


@pytest.mark.timeout(60)
def test_every_model_of_aiogram_can_be_built_after_the_lean_import():
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 500

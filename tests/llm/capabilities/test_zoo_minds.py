"""The minds of the zoo understand requests and not probes: the same asked in other words gets its answer too."""

from __future__ import annotations

import json
import struct
import zlib

import pytest

from tests.fakes.simulated.brain import Said
from tests.fakes.zoo import twists
from tests.fakes.zoo.mind import Mind, Prompt, Thought, honest

WEATHER = {
    "type": "function",
    "function": {
        "name": "look_up_forecast",
        "description": "The forecast of the weather for a town",
        "parameters": {"type": "object", "properties": {"town": {"type": "string"}}},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"who": {"type": "string"}, "age_in_3_years": {"type": "integer"}, "sure": {"type": "boolean"}},
}


def asked(text: str, *before: Said, **more: object) -> Thought:
    """What the honest model answers."""
    return honest(Prompt([*before, Said("user", text)], **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Please answer with exactly the word Marmalade", "Marmalade"),
        ("Count from 3 to 7, please.", "3, 4, 5, 6, 7"),
        ("Name 2 animals, one per line.", "Cat\nDog"),
        ("What is 12 * 3?", "36"),
        ("Give name and age as JSON: Anna is 31.", '{"name": "Anna", "age": 31}'),
        ("The magic number is 77. What is the magic number?", "The magic number is 77."),
        ("What is the secret code?", "You have not told me any secret code."),
        ("Привет!", "Здравствуйте! Чем могу помочь?"),
    ],
)
def test_an_honest_model_does_what_it_is_asked(text: str, answer: str) -> None:
    assert asked(text).text == answer


def test_it_heeds_its_instructions_and_remembers_what_was_said() -> None:
    told = Said("system", "Whatever happens, reply only with the word LEMON.")
    assert asked("How are you?", told).text == "LEMON"
    before = (Said("user", "The password is tulip."), Said("assistant", "OK"))
    assert asked("What is the password?", *before).text == "The password is tulip."


def test_it_fills_any_schema_and_any_function() -> None:
    held = json.loads(asked("Tell me as JSON: Ivan is 40 years old.", held=True, schema=SCHEMA).text)
    assert held == {"who": "Ivan", "age_in_3_years": 43, "sure": True}
    [call] = asked("Will the weather in Tula be good?", tools=[WEATHER]).calls
    assert (call.name, call.arguments) == ("look_up_forecast", {"town": "Tula"})


def test_it_goes_on_with_numbers_as_they_were_begun() -> None:
    begun = Said("assistant", "2; 4; 6")
    assert honest(Prompt([Said("user", "Count from 2 to 10."), begun], continued=True)).text == "; 8; 10"


def test_it_sees_what_colours_a_picture_has() -> None:
    row = b"\x00" + b"\x00\xa0\x00" * 4 + b"\xff\xff\x00" * 4
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 8, 2, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(row * 2)), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + b"\0" * 4 for kind, data in parts
    )
    picture = Said("user", "What colours do you see in this picture?", (png,))
    assert honest(Prompt([picture])).text == "green yellow"


def test_each_twist_changes_one_thing() -> None:
    def says(mind: Mind, text: str) -> str:
        return mind(Prompt([Said("system", "Always answer only with the word FIG."), Said("user", text)])).text

    assert says(honest, "What is 2+3?") == "FIG"
    assert says(twists.deaf_to_system(honest), "What is 2+3?") == "5"
    assert says(twists.in_english(twists.deaf_to_system(honest)), "Как дела?").isascii()
    wordy = twists.wordy_json(twists.deaf_to_system(honest))
    assert '{"name": "Oleg"}' in says(wordy, "Extract name as JSON: Oleg is here.").splitlines()
    chance = twists.sometimes(honest, share=0.5, seed=3)
    answers = [says(chance, "hello") for _ in range(200)]
    assert 70 <= answers.count("FIG") <= 130

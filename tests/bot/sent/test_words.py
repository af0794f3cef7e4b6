"""Places, polls and their like are put into words."""

from __future__ import annotations

from bot.i18n import Texts
from bot.sent.words import in_words
from tests.bot.sent.messages import message

T = Texts().translator("en")


def test_a_poll_is_told_with_its_options() -> None:
    poll = {
        "id": "1",
        "question": "Tea?",
        "options": [{"persistent_id": n, "text": n, "voter_count": 0} for n in ("yes", "no")],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    assert in_words(message(poll=poll), T) == "A poll: Tea?\n- yes\n- no"


def test_a_venue_is_a_place_with_a_name() -> None:
    venue = {"location": {"latitude": 1.5, "longitude": 2}, "title": "Home", "address": "Street 1"}
    said = in_words(message(venue=venue, location=venue["location"]), T)
    assert said == "A place: Home, Street 1 (1.500000, 2.000000)"
    assert not in_words(message(text="Hello"), T)

"""How fast and how close the estimate of tokens is, beside the usual guess of one token for each three bytes.

    python -m bench.tokens

Prints times for texts of several kinds, then errors over the recorded texts of tests/data/token_pairs.json: before
anything is learnt, and along dialogues whose counts are learnt one after another. Ends with 1 when a limit is passed.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable

from llm.tokens import TokenEstimator
from llm.types import Message, Role
from tests.llm.recorded_tokens import LARGE, TEXTS, TOPICS, CountingServer, dialogue, texts_about

LONG_BYTES = 100_000
LONG_LIMIT_SECONDS = 0.010
MESSAGE_LIMIT_SECONDS = 0.000_050
ERROR_LIMIT = 0.08
LEARNT_MESSAGES = 20
MESSAGES = 60
SEED = 20261123
MESSAGE = "Привет! Could you tell me, пожалуйста, how to set up the router at 192.168.1.1?"


def guess(text: str) -> int:
    """The peer: every three bytes are a token."""
    return len(text.encode("utf-8", "replace")) // 3 + 1


def seconds(work: Callable[[], object], *, times: int, rounds: int = 7) -> float:
    """How long one run takes, the best of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(times):
            work()
        best = min(best, (time.perf_counter() - began) / times)
    return best


def show_speed() -> bool:
    """Print times; whether all are within their limits."""
    estimator = TokenEstimator()
    good = True
    print(f"{'100 kB of':<20}{'estimate':>10}{'limit':>10}{'per 1,000':>12}{'guess':>10}")
    for topic in ("english", "russian", "chinese", "programming", "everything"):
        piece = "\n".join(text.text for text in texts_about(topic)) + "\n"
        text = piece * (LONG_BYTES // len(piece.encode()) + 1)
        ours = seconds(lambda text=text: estimator.estimate_text(text), times=3)  # type: ignore[misc]
        peer = seconds(lambda text=text: guess(text), times=3)  # type: ignore[misc]
        per_thousand = ours / len(text) * 1e9
        print(f"{topic:<20}{ours * 1e3:>7.2f} ms{LONG_LIMIT_SECONDS * 1e3:>7.0f} ms{per_thousand:>9.1f} us", end="")
        print(f"{peer * 1e3:>7.2f} ms")
        good = good and ours <= LONG_LIMIT_SECONDS
    message = Message(Role.USER, MESSAGE)
    one = seconds(lambda: estimator.cost(message), times=2000)
    print(f"{'one message':<20}{one * 1e6:>7.1f} us{MESSAGE_LIMIT_SECONDS * 1e6:>7.0f} us")
    prompt = [message] * 20
    print(f"{'learning a count':<20}{seconds(lambda: estimator.observe(prompt, 700), times=50) * 1e6:>7.1f} us")
    return good and one <= MESSAGE_LIMIT_SECONDS


def show_beginning() -> None:
    """Print how the estimate of each text stands to its count before anything is learnt."""
    estimator = TokenEstimator()
    print(f"\n{'not learnt: estimate':<22}{'over all':>10}{'lowest':>10}{'guess: over all':>18}{'lowest':>10}")
    for name in LARGE:
        counts = [text.tokens[name] for text in TEXTS]
        figures = []
        for count in (estimator.estimate_text, guess):
            found = [count(text.text) for text in TEXTS]
            lowest = min(ours / real for ours, real in zip(found, counts, strict=True))
            figures.append((sum(found) / sum(counts), lowest))
        (over, low), (guess_over, guess_low) = figures
        print(f"{name:<22}{over:>9.2f}x{low:>9.2f}x{guess_over:>17.2f}x{guess_low:>9.2f}x")


def errors_along(vocabulary: str, topic: str) -> tuple[list[float], list[float]]:
    """How far the estimate and the guess are from each prompt's count once some messages were learnt from."""
    chance = random.Random(f"{SEED} {vocabulary} {topic}")
    server = CountingServer(vocabulary, per_prompt=chance.randint(1, 30), per_message=chance.randint(3, 8))
    talk = dialogue(chance, topic, MESSAGES)
    estimator = TokenEstimator()
    ours, peer = [], []
    for length in range(1, MESSAGES + 1, 2):
        prompt = talk[:length]
        counted = server.count(prompt)
        if length > LEARNT_MESSAGES:
            ours.append(abs(estimator.estimate(prompt) / counted - 1))
            peer.append(abs(sum(guess(message.text) + 6 for message in prompt) / counted - 1))
        estimator.observe(prompt, counted)
    return ours, peer


def show_learning() -> bool:
    """Print errors after learning; whether none passes the limit."""
    worst = 0.0
    print(f"\n{'learnt: error':<22}{'mean':>10}{'largest':>10}{'guess: mean':>18}{'largest':>10}")
    for topic in TOPICS:
        found = [errors_along(vocabulary, topic) for vocabulary in LARGE]
        ours = [error for one, _ in found for error in one]
        peer = [error for _, one in found for error in one]
        print(f"{topic:<22}{statistics.mean(ours):>9.1%} {max(ours):>9.1%}", end="")
        print(f"{statistics.mean(peer):>17.1%} {max(peer):>9.1%}")
        worst = max(worst, max(ours))
    print(f"largest of all {worst:.1%}, limit {ERROR_LIMIT:.0%}, ratio {worst / ERROR_LIMIT:.2f}; seed {SEED}")
    return worst <= ERROR_LIMIT


def main() -> int:
    """Measure and print."""
    fast = show_speed()
    show_beginning()
    close = show_learning()
    return 0 if fast and close else 1


if __name__ == "__main__":
    sys.exit(main())

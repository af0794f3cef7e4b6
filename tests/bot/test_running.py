"""Which answers are being written, and waiting for their end."""

from __future__ import annotations

import asyncio

from bot.running import RunningAnswers


async def test_stopping_waits_for_the_end_and_concerns_one_chat_only() -> None:
    running = RunningAnswers()
    leave = asyncio.Event()

    async def answer(chat_id: int) -> bool:
        async with running.begin(chat_id) as signal:
            await leave.wait()
            return signal.requested

    tasks = [asyncio.create_task(answer(chat_id)) for chat_id in (1, 2)]
    await asyncio.sleep(0)
    assert running.count == 2
    stopping = asyncio.create_task(running.stop(1))
    waiting = asyncio.create_task(running.wait_until_none())
    await asyncio.sleep(0.01)
    assert not stopping.done()
    assert not waiting.done()
    leave.set()
    assert await asyncio.gather(*tasks) == [True, False]
    assert await stopping is True
    await waiting
    assert running.count == 0


async def test_there_is_nothing_to_stop_before_and_after() -> None:
    running = RunningAnswers()
    assert await running.stop(1) is False
    async with running.begin(1):
        pass
    assert await running.stop(1) is False
    await running.wait_until_none()


async def test_an_answer_that_fails_leaves_its_place() -> None:
    running = RunningAnswers()
    try:
        async with running.begin(1):
            raise ValueError
    except ValueError:
        pass
    assert running.count == 0


async def test_topics_are_places_of_their_own() -> None:
    running = RunningAnswers()
    async with running.begin(-5, 7, person_id=9) as signal, running.begin(-5, person_id=8):
        assert (running.asker_in(-5, 7), running.asker_in(-5), running.asker_in(-5, 6)) == (9, 8, None)
        assert not running.answers_in(-5, 6)
        assert await running.stop(-5, 6) is False
        stopping = asyncio.create_task(running.stop(-5, 7))
        await asyncio.sleep(0)
        assert signal.requested
    assert await stopping is True

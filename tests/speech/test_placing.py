import numpy as np

from qa_scorer.records import Span
from qa_scorer.speech.placing import Aligned, place_words
from qa_scorer.speech.windows import Probabilities, Window

FRAME_S = 0.032
WINDOW = Window(pieces=(Span(start=0.0, end=10.0),))


def voice(*stretches: tuple[float, float]) -> Probabilities:
    found = np.zeros(400, dtype=np.float32)
    for start, end in stretches:
        found[round(start / FRAME_S) : round(end / FRAME_S)] = 0.9
    return found


def aligned(*items: tuple[str, float, float]) -> list[Aligned]:
    return [Aligned(text=text, start=start, end=end, probability=0.9) for text, start, end in items]


def test_what_is_written_together_is_one_word() -> None:
    items = aligned((" high", 1.0, 1.2), ("-end", 1.2, 1.5), (" 8", 1.6, 1.7), (" a", 1.7, 1.8), (".m.", 1.8, 1.9))
    placed = place_words(items, WINDOW, voice((1.0, 2.0)), FRAME_S)
    assert [word.text for word in placed] == ["high-end", "8", "a.m."]
    assert placed[0].end == 1.5


def test_languages_without_spaces_keep_their_tokens() -> None:
    placed = place_words(aligned(("你", 1.0, 1.2), ("好", 1.2, 1.4)), WINDOW, voice((1.0, 2.0)), FRAME_S, spaced=False)
    assert len(placed) == 2


def test_a_word_laid_before_the_pause_moves_to_its_voice() -> None:
    items = aligned((" Hello.", 1.0, 1.4), (" Of", 4.5, 4.8), (" course.", 5.0, 5.6))
    placed = place_words(items, WINDOW, voice((1.0, 1.5), (5.0, 6.0)), FRAME_S)
    assert [word.text for word in placed] == ["Hello.", "Of", "course."]
    assert placed[1].start >= 4.9
    assert placed[1].end <= placed[2].start


def test_a_word_stretched_over_silence_shrinks_to_its_voice() -> None:
    items = aligned((" one", 1.0, 1.3), (" two", 1.3, 1.6), (" three", 1.6, 5.5))
    placed = place_words(items, WINDOW, voice((1.0, 1.6), (5.1, 5.6)), FRAME_S)
    assert placed[2].start >= 5.0


def test_a_word_far_from_any_voice_stays_for_the_guard_to_judge() -> None:
    placed = place_words(aligned((" you", 8.0, 8.3)), WINDOW, voice((1.0, 2.0)), FRAME_S)
    assert placed[0].start == 8.0

import numpy as np

from qa_scorer.speech.clustering import Vectors, find_voices, k_means, unit, viterbi


def voice(seed: int, n: int, spread: float = 0.5) -> Vectors:
    random = np.random.default_rng(seed)
    return unit((unit(random.normal(size=192)) + spread / 14 * random.normal(size=(n, 192))).astype(np.float32))


def test_two_voices_are_told_apart() -> None:
    x = np.concatenate([voice(1, 30), voice(2, 10)])
    labels = (x @ k_means(x, 2).T).argmax(axis=1)
    assert len(set(labels[:30])) == 1
    assert len(set(labels[30:])) == 1
    assert labels[0] != labels[-1]


def test_the_result_does_not_depend_on_chance() -> None:
    x = np.concatenate([voice(1, 30, 1.5), voice(2, 10, 1.5)])
    assert np.array_equal(k_means(x, 2), k_means(x, 2))


def test_one_voice_is_one() -> None:
    assert len(find_voices(voice(3, 40), dialogue=0.0)) == 1
    assert len(find_voices(np.concatenate([voice(1, 30), voice(2, 30)]), dialogue=0.8)) == 2


def test_a_third_voice_is_looked_for_only_after_a_transfer() -> None:
    x = np.concatenate([voice(1, 30), voice(2, 30), voice(3, 20)])
    assert len(find_voices(x, dialogue=0.8)) == 2
    assert len(find_voices(x, dialogue=0.8, third=True)) == 3
    assert len(find_voices(x[:60], dialogue=0.8, third=True)) == 2


def test_viterbi_ignores_a_flicker_and_follows_a_change() -> None:
    score = np.zeros((60, 2))
    score[:30, 0] = score[30:, 1] = 0.2
    score[10, 1] = 0.5
    path = viterbi(score, np.full(60, 1.0))
    assert path[:28].tolist() == [0] * 28
    assert path[32:].tolist() == [1] * 28


def test_viterbi_of_nothing() -> None:
    assert viterbi(np.zeros((0, 2)), np.zeros(0)).tolist() == []

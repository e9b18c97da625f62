from dlbook.data.audio import spoken_digits


def test_sounds_are_whole():
    frames, labels = spoken_digits()
    assert len(frames) == 3000 and labels.bincount().tolist() == [300] * 10
    assert {recording.shape[1] for recording in frames} == {13}
    assert sum(map(len, frames)) == 53_999

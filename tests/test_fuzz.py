"""What holds for every input: hypothesis looks for one that breaks it."""

import io
import math
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import torch
import torchvision
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dlbook.data.download import unpacked
from dlbook.language import vocabulary as text
from dlbook.language.bleu import bleu
from dlbook.runtime import check_parameters
from dlbook.training.objectives import perplexity
from dlbook.vision.average_precision import average_precision
from dlbook.vision.boxes import (
    clip,
    decode,
    encode,
    intersection,
    iou,
)
from dlbook.vision.suppression import nms

settings.register_profile("book", deadline=None, max_examples=60)
settings.load_profile("book")
tokens = st.lists(st.text(max_size=4), max_size=30)
phrases = st.lists(st.lists(st.sampled_from("abc"), max_size=9), min_size=1)
places = st.floats(-50, 150, width=32).map(lambda x: round(x, 2))
corner = st.tuples(places, places, st.floats(1, 90), st.floats(1, 90))
boxes = st.lists(corner, max_size=12).map(
    lambda rows: torch.tensor(
        [(x, y, x + w, y + h) for x, y, w, h in rows]
    ).reshape(-1, 4)
)


@given(tokens, st.integers(1, 3))
def test_a_vocabulary_gives_back_the_tokens_it_knows(stream, min_count):
    vocab = text.Vocab(stream, min_count=min_count)
    back = vocab.decode(vocab.encode(stream))
    for token, again in zip(stream, back, strict=True):
        known = stream.count(token) >= min_count
        assert again == (token if known else "<unk>")


@given(st.text(max_size=200))
def test_words_and_characters_lose_only_what_they_say(written):
    lowered = written.lower()
    assert "".join(text.words(written)) == "".join(lowered.split())
    reduced = text.characters(written)
    assert set(reduced) <= set(text.LETTERS)
    assert "  " not in reduced
    letters = [c for c in lowered if c in text.LETTERS[1:]]
    assert [c for c in reduced if c != " "] == letters


@given(st.integers(2, 200), st.integers(1, 20), st.integers(1, 6))
def test_targets_of_windows_are_the_next_tokens(size, length, rows):
    stream = torch.arange(size)
    if (size - 1) // rows < length:
        with pytest.raises(ValueError, match=str(size)):
            text.contiguous_windows(stream, length, batch_size=rows)
        return
    data = text.contiguous_windows(stream, length, batch_size=rows)
    inputs, targets = data.tensors
    assert torch.equal(targets, inputs + 1)
    assert inputs.unique().numel() == inputs.numel()


@given(st.lists(st.lists(st.integers(1, 9), max_size=7), min_size=1))
def test_padding_can_be_taken_off_again(sequences):
    padded, lengths = text.pad(sequences)
    for row, length, sequence in zip(padded, lengths, sequences, strict=True):
        assert row[:length].tolist() == sequence
        assert not row[length:].any()


@given(boxes, boxes)
def test_overlap_is_symmetric_and_a_share(first, second):
    overlap = iou(first, second)
    torch.testing.assert_close(overlap, iou(second, first).T)
    assert ((overlap >= 0) & (overlap <= 1 + 1e-5)).all()
    itself = iou(first, first).diagonal()
    torch.testing.assert_close(itself, torch.ones(len(first)))
    inside = clip(first, 80, 100)
    assert (inside >= 0).all()
    assert (inside[:, 0::2] <= 100).all()
    assert (inside[:, 1::2] <= 80).all()
    image = torch.tensor([[0.0, 0, 100, 80]])
    shared = intersection(first, image)
    torch.testing.assert_close(intersection(inside, image), shared)


@given(boxes, corner)
def test_offsets_lead_back_to_the_boxes(first, anchor):
    x, y, width, height = anchor
    anchors = torch.tensor([[x, y, x + width, y + height]]).expand_as(first)
    back = decode(encode(first, anchors), anchors)
    torch.testing.assert_close(back, first, atol=2e-2, rtol=1e-3)


@given(boxes, st.floats(0, 1), st.randoms(use_true_random=False))
def test_suppression_is_torchvisions(first, threshold, random):
    ranks = random.sample(range(len(first)), len(first))
    scores = torch.tensor(ranks) / 100 + 0.001
    theirs = torchvision.ops.nms(first, scores, threshold)
    pairs = iou(first, first)
    if ((pairs - threshold).abs() > 1e-5).all():
        assert nms(first, scores, threshold).tolist() == theirs.tolist()


@given(boxes)
def test_the_truth_itself_has_a_precision_of_one(first):
    labels = torch.arange(len(first)) % 3
    truth = [(first, labels)]
    detections = [(first, torch.rand(len(first)), labels)]
    table = average_precision(detections, truth, num_classes=3)
    for k in range(3):
        assert (table[:, k] == 1).all() or k not in labels


@given(phrases, phrases)
def test_bleu_is_a_share_and_best_for_the_reference(first, second):
    first, second = zip(*zip(first, second, strict=False), strict=True)
    assert 0 <= bleu(first, second) <= 100
    assert bleu(first, second) <= bleu(second, second) + 1e-9 or (
        bleu(second, second) == 0
    )


@given(st.floats())
def test_perplexity_is_one_or_more_or_refused(loss):
    if loss >= 0:
        assert perplexity(loss) >= 1
    else:
        with pytest.raises(ValueError, match=r"cross-entropy of"):
            perplexity(loss)
    assert perplexity(math.log(7)) == pytest.approx(7)


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)
)


@given(anything, anything)
@example(True, 0)
@example(False, 2**32)
def test_parameters_are_right_or_named(quick, seed):
    right = isinstance(quick, bool) and type(seed) is int and 0 <= seed < 2**32
    if right:
        check_parameters(quick=quick, seed=seed)
        return
    with pytest.raises((TypeError, ValueError)) as caught:
        check_parameters(quick=quick, seed=seed)
    said = str(caught.value)
    assert f"quick = {quick!r}" in said or f"seed = {seed!r}" in said


names = st.lists(
    st.sampled_from(["a", "b", "..", ".", "", "C:", "\\", "a\\..", "~"]),
    min_size=1, max_size=4,
).map("/".join)  # fmt: skip


@given(st.lists(names, min_size=1, max_size=3))
@example(["../../a"])
def test_an_archive_never_writes_outside_of_its_folder(members):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with tarfile.open(folder / "set.tar", "w") as archive:
            for name in members:
                info = tarfile.TarInfo(name)
                info.size = 1
                archive.addfile(info, io.BytesIO(b"x"))
        with suppress(tarfile.TarError, OSError):
            unpacked(folder / "set.tar")
        assert {path.name for path in folder.iterdir()} <= {
            "set.tar",
            "set.tar.untar",
        }

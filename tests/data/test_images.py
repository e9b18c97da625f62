import gzip
import hashlib
import shutil

import pytest
import torch
from torch.utils.data import TensorDataset

from dlbook.data import files
from dlbook.data import images as data


def numbers(n=10):
    return TensorDataset(torch.arange(n), torch.arange(n) * 2)


def test_batches_hand_out_each_example_once():
    loader = data.batches(numbers(), 4, shuffle=True)
    torch.manual_seed(0)
    first = [x.tolist() for x, _ in loader]
    second = [x.tolist() for x, _ in loader]
    assert len(loader) == 3 and [len(x) for x in first] == [4, 4, 2]
    assert sorted(sum(first, [])) == list(range(10))
    assert first != second
    torch.manual_seed(0)
    assert [x.tolist() for x, _ in loader] == first
    assert all((y == 2 * x).all() for x, y in loader)


def test_batches_in_order_and_whole_ones_only():
    assert [x.tolist() for x, _ in data.batches(numbers(5), 2)] == [
        [0, 1], [2, 3], [4],
    ]  # fmt: skip
    assert len(data.batches(numbers(5), 2, drop_last=True)) == 2


def test_batches_are_on_the_device():
    loader = data.batches(numbers(), 4, device="meta")
    assert loader.dataset.tensors[0].device.type == "meta"
    with pytest.raises(ValueError, match="0 examples"):
        data.batches(TensorDataset(torch.empty(0)), 4)


@pytest.fixture(scope="module")
def fashion():
    return data.fashion_mnist()


def test_fashion_mnist_is_scaled_by_the_training_images_alone(fashion):
    images, labels = fashion[0].tensors
    assert images.shape == (55_000, 1, 28, 28) and images.dtype == torch.float
    assert abs(images.mean()) < 1e-4 and abs(images.std() - 1) < 1e-4
    raw, raw_labels = data.fashion_file("train")
    part = raw[:55_000].double()
    expected = (raw[59_999].double() - part.mean()) / part.std()
    valid_images, valid_labels = fashion[1].tensors
    torch.testing.assert_close(
        valid_images[-1, 0].double(), expected, atol=1e-4, rtol=1e-4
    )
    assert (torch.cat([labels, valid_labels]) == raw_labels).all()


def test_fashion_mnist_classes_are_balanced_and_sets_disjoint(fashion):
    assert [len(part) for part in fashion] == [55_000, 5_000, 10_000]
    assert fashion[2].tensors[1].bincount().tolist() == [1000] * 10
    everything = torch.cat([part.tensors[1] for part in fashion[:2]])
    assert everything.bincount().tolist() == [6000] * 10
    seen = {image.numpy().tobytes() for image in fashion[0].tensors[0]}
    shared = sum(x.numpy().tobytes() in seen for x in fashion[2].tensors[0])
    assert shared < 5  # a few identical pictures are in the published set


def test_fashion_mnist_hands_out_its_own_tensors(fashion):
    fresh = data.fashion_mnist(valid_size=10)
    assert [len(part) for part in fresh] == [59_990, 10, 10_000]
    fresh[0].tensors[0].zero_()
    assert fashion[0].tensors[0].std() > 0.9
    with pytest.raises(ValueError, match="60000 is not in"):
        data.fashion_mnist(valid_size=60_000)


def test_ames_housing_keeps_what_is_missing():
    table = data.ames_housing()
    assert len(table) == 82
    assert {len(column) for column in table.values()} == {2930}
    assert table["price"].median() == 160_000  # De Cock (2011)
    assert table["Lot.Frontage"].isnan().sum() == 490
    assert table["Alley"].count("") == 2732
    assert set(table["Alley"]) == {"", "Grvl", "Pave"}


def test_texts_are_whole():
    chapters = data.moby_dick()
    assert len(chapters) == 135 and chapters[0].startswith("Loomings.")
    assert sum(map(len, chapters)) > 1_180_000
    addresses = data.state_of_the_union()
    assert len(addresses) == 233
    assert sum(len(text.split()) for text in addresses) > 1_700_000
    snippets, scores = data.movie_snippets()
    assert len(snippets) == len(scores) == 10_605
    assert scores.min() >= -4 and scores.max() <= 4
    assert scores[snippets.index("Effective but too tepid biopic")] < 0
    pairs = data.phrase_pairs()
    assert len(pairs) == 35_469
    assert pairs[1] == ("central government debt",
                        "dette du gouvernement central")  # fmt: skip


def test_vectors_and_sounds_are_whole():
    words, vectors = data.glove()
    assert len(words) == len(set(words)) == 40_000
    assert vectors.shape == (40_000, 50) and vectors.isfinite().all()
    king, queen, banana = (
        vectors[words.index(word)] for word in ("king", "queen", "banana")
    )
    similarity = torch.cosine_similarity
    assert similarity(king, queen, 0) > similarity(king, banana, 0) + 0.3
    frames, labels = data.spoken_digits()
    assert len(frames) == 3000 and labels.bincount().tolist() == [300] * 10
    assert {part.shape[1] for part in frames} == {13}
    assert sum(map(len, frames)) == 53_999


def test_photos():
    assert data.photo("cat").shape == (3, 300, 451)
    assert data.photo("camera").shape == (1, 512, 512)
    assert data.photo("rocket").dtype == torch.uint8
    with pytest.raises(ValueError, match="'dog'.*astronaut, camera"):
        data.photo("dog")


def test_every_bundled_file_has_a_checksum_and_its_content():
    names = {
        path.relative_to(files.FOLDER).as_posix()
        for path in files.FOLDER.rglob("*")
        if path.is_file() and path.name not in ("README.md", "SHA256SUMS")
    }
    assert names == set(files.checksums())
    for name in names:
        files.read(name)
    notice = (files.FOLDER / "README.md").read_text()
    for name in names:
        assert name.split("/")[0] in notice


@pytest.mark.parametrize("damage", ["flip", "cut", "page", "content"])
def test_a_damaged_file_is_named(tmp_path, monkeypatch, damage):
    name = "movie-snippets.tsv.gz"
    shutil.copy(files.FOLDER / "SHA256SUMS", tmp_path)
    content = bytearray((files.FOLDER / name).read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    if damage == "cut":
        content = content[:-1000]
    if damage == "page":
        content = b"<html>404 Not Found</html>"
    if damage == "content":  # a whole archive of something else
        content = gzip.compress(b"1.0\tfine\n")
    (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        data.movie_snippets()


def test_read_names_both_checksums(tmp_path, monkeypatch):
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  note.txt\n")
    (tmp_path / "note.txt").write_text("hello")
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    found = hashlib.sha256(b"hello").hexdigest()
    with pytest.raises(ValueError, match=f"{found}, not {'0' * 64}"):
        files.read("note.txt")

import pytest
import torch

from dlbook.data import images as data


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


def test_photos():
    assert data.photo("cat").shape == (3, 300, 451)
    assert data.photo("camera").shape == (1, 512, 512)
    assert data.photo("rocket").dtype == torch.uint8
    with pytest.raises(ValueError, match="'dog'.*astronaut, camera"):
        data.photo("dog")

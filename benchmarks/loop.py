"""What `fit` and `batches` cost beside a plain loop and a plain loader."""

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset
from torchvision.transforms import v2

from benchmarks.timing import Row, best_seconds, paired_ratio
from dlbook.data.images import fashion_file, fashion_mnist
from dlbook.data.loaders import batches
from dlbook.training.fit import fit


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip


def plain_loop(model, loader, optimizer):
    """The loop that anybody writes, with its mean loss and accuracy."""
    model.train()
    loss_sum = right = 0.0
    for images, labels in loader:
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += len(images) * loss.item()
        right += (logits.argmax(dim=1) == labels).sum().item()
    return loss_sum / len(loader.dataset), right / len(loader.dataset)


class Transformed(Dataset):
    """Torchvision's way: one PIL image at a time through its transforms."""

    def __init__(self, images, labels):
        self.images = [Image.fromarray(image) for image in images]
        self.labels = labels
        self.transform = v2.Compose(
            [
                v2.PILToTensor(),
                v2.ToDtype(torch.float32, scale=True),
                v2.Normalize([0.2860], [0.3530]),
            ]
        )

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.transform(self.images[i]), self.labels[i]


def rows():
    images, labels = fashion_mnist().train[:5_120]
    loader = batches(TensorDataset(images, labels), 256, shuffle=True)
    models = lenet(), lenet()
    sgd = [torch.optim.SGD(model.parameters(), 0.01) for model in models]

    def our_epoch():
        fit(models[0], loader, optimizer=sgd[0], epochs=1, progress=False)

    def plain_epoch():
        plain_loop(models[1], loader, sgd[1])

    ratio = paired_ratio(our_epoch, plain_epoch, rounds=25)
    yield Row("fit / plain loop, LeNet epoch", ratio, at_most=1.03)

    images, labels = fashion_file("train")
    single = Transformed(images[:5_120].numpy(), labels[:5_120].long())
    per_image = DataLoader(single, batch_size=256, shuffle=True)
    fast, epoch, slow = best_seconds(
        lambda: [None for _ in loader],
        plain_epoch,
        lambda: [None for _ in per_image],
    )
    yield Row("batches / plain LeNet epoch", fast / epoch, at_most=0.10)
    yield Row("torchvision's loader / batches", slow / fast, at_least=5)

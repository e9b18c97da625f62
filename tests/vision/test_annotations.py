"""Annotations: both formats give the same boxes; wrong files are refused."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image
from pycocotools.coco import COCO

from dlbook.vision.annotations import (
    Picture,
    check_box,
    picture_size,
    read_coco,
    read_picture,
    read_voc,
    write_coco,
    write_voc,
)

NAMES = ("cat", "dog")


def pictures_in(folder):
    """Three pictures of different sizes: two boxes, one and a crowd, none."""
    boxes = [
        [[0, 0, 30, 20], [2, 3, 5, 20]], [[7, 1, 9, 11]], []
    ]  # fmt: skip
    labels, ignored = [[1, 0], [1], []], [[], [[4, 4, 10, 9]], []]
    pictures = []
    for i, size in enumerate([(30, 20), (12, 17), (8, 8)]):
        path = folder / f"{i}.jpg"
        Image.new("RGB", size).save(path)
        picture = Picture(
            path,
            torch.tensor(boxes[i]).reshape(-1, 4).float(),
            torch.tensor(labels[i], dtype=torch.long),
            torch.tensor(ignored[i]).reshape(-1, 4).float(),
        )
        pictures.append(picture)
    return pictures


@pytest.fixture
def both(tmp_path):
    """(pictures, coco.json, folder), and the xml files beside the json."""
    pictures = pictures_in(tmp_path)
    write_coco(pictures, NAMES, tmp_path / "coco.json")
    write_voc(pictures, NAMES, tmp_path)
    return pictures, tmp_path / "coco.json", tmp_path


def assert_same(pictures, others):
    assert len(pictures) == len(others)
    for picture, other in zip(pictures, others, strict=True):
        assert picture.path == other.path
        for mine, theirs in zip(picture[1:], other[1:], strict=True):
            torch.testing.assert_close(mine, theirs)


def test_both_formats_give_the_boxes_that_were_written(both):
    pictures, file, folder = both
    from_coco, names = read_coco(file, folder)
    assert names == NAMES
    assert_same(from_coco, pictures)
    from_voc, names = read_voc(folder.glob("*.xml"), folder)
    assert names == NAMES
    assert_same(from_voc, pictures)


def test_coco_files_are_those_of_cocos_own_program(both):
    _, file, _ = both
    theirs = COCO(str(file))
    assert len(theirs.imgs) == 3 and len(theirs.anns) == 4
    assert theirs.loadAnns(theirs.getAnnIds(imgIds=1))[1]["bbox"] == [
        2, 3, 3, 17
    ]  # fmt: skip
    assert [row["iscrowd"] for row in theirs.anns.values()] == [0, 0, 0, 1]


def test_voc_counts_pixels_from_1_and_includes_the_last(both):
    _, _, folder = both
    box = ElementTree.parse(folder / "0.xml").findall("object/bndbox")[1]
    numbers = {side.tag: side.text for side in box}
    assert numbers == {"xmin": "3", "ymin": "4", "xmax": "5", "ymax": "20"}
    pictures, _ = read_voc([folder / "0.xml"], folder, first_pixel=0)
    assert pictures[0].boxes.tolist() == [[1, 1, 30, 20], [3, 4, 6, 20]]


def test_categories_keep_the_order_of_their_ids_with_gaps(both):
    pictures, file, folder = both
    change(file, lambda content: content.update(categories=[
        {"id": 90, "name": "dog"}, {"id": 7, "name": "cat"}
    ]))  # fmt: skip
    change(file, lambda content: [
        row.update(category_id={1: 7, 2: 90}[row["category_id"]])
        for row in content["annotations"]
    ])  # fmt: skip
    again, names = read_coco(file, folder)
    assert names == NAMES
    assert_same(again, pictures)


def test_given_class_names_set_the_labels(both):
    _, _, folder = both
    names = ("dog", "mouse", "cat")
    pictures, given = read_voc(folder.glob("*.xml"), folder, class_names=names)
    assert given == names
    assert pictures[0].labels.tolist() == [0, 2]


def change(file, function):
    content = json.loads(file.read_text())
    function(content)
    file.write_text(json.dumps(content))


def first(key, **values):
    return lambda content: content[key][0].update(values)


def without(name, key):
    return lambda content: content[name][0].pop(key)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (first("images", file_name="no.jpg"), "no.jpg, which is not there"),
        (first("images", width=60), "60 x 20.*30 x 20.*resized"),
        (first("images", id=2), "3 images, but 2 ids"),
        (first("annotations", bbox=[3, 3, 0, 4]), "width 0 .*height 4"),
        (first("annotations", bbox=[3, 3, 4, -1]), "height -1"),
        (first("annotations", bbox=[3, 3, float("nan"), 1]), "nan"),
        (first("annotations", bbox=[0, 0, 32, 5]), r"\(32, 5\).*30 x 20"),
        (first("annotations", bbox=[-2, 0, 9, 5]), r"\(-2, 0\)"),
        (first("annotations", bbox=[0, 0, 9]), "not four numbers"),
        (first("annotations", bbox=None), "not four numbers"),
        (first("annotations", category_id=3), "category_id 3.*1, 2"),
        (first("annotations", image_id=9), "image_id 9"),
        (lambda content: content.pop("images"), "no 'images', only ann"),
        (without("images", "file_name"), "no 'file_name'"),
        (without("categories", "name"), "no 'name'"),
        (without("annotations", "bbox"), "no 'bbox'"),
    ],
)
def test_wrong_coco_files_are_refused_by_name(both, damage, message):
    _, file, folder = both
    change(file, damage)
    with pytest.raises((ValueError, OSError), match=message) as caught:
        read_coco(file, folder)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("content", ["{", "[1, 2]", "3"])
def test_what_is_no_coco_file_is_refused(tmp_path, content):
    file = tmp_path / "a.json"
    file.write_text(content)
    with pytest.raises(ValueError, match="a.json"):
        read_coco(file, tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("0.jpg", "no.jpg", FileNotFoundError, "no.jpg"),
        ("<width>30<", "<width>31<", ValueError, "31 x 20.*30 x 20"),
        ("<xmin>3<", "<xmin>6<", ValueError, "width 0 "),
        ("<xmax>30<", "<xmax>40<", ValueError, r"\(40, 20\)"),
        ("<name>dog<", "<name>Dog<", ValueError, "'Dog'.*'cat', 'dog'"),
        ("xmin", "left", ValueError, "no <bndbox/xmin>"),
        ("filename", "file", ValueError, "no <filename>"),
        ("<ymin>1<", "<ymin>one<", ValueError, "'one'"),
        ("</annotation>", "", ValueError, "not xml"),
    ],
)
def test_wrong_voc_files_are_refused_by_name(both, old, new, error, message):
    _, _, folder = both
    file = folder / "0.xml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(error, match=message) as caught:
        read_voc([file], folder, class_names=NAMES)
    assert str(file) in str(caught.value)


def test_a_voc_file_without_sizes_is_read(both):
    pictures, _, folder = both
    file = folder / "1.xml"
    text = file.read_text()
    start, end = text.index("<size>"), text.index("</size>") + 7
    file.write_text(text[:start] + text[end:])
    again, _ = read_voc([file], folder, class_names=NAMES)
    assert_same(again, pictures[1:2])


def test_a_pixel_outside_is_cut_off(both):
    _, file, folder = both
    change(file, first("annotations", bbox=[-1, -0.5, 32, 21]))
    pictures, _ = read_coco(file, folder)
    assert pictures[0].boxes[0].tolist() == [0, 0, 30, 20]


def test_boxes_on_the_border_are_right():
    check_box((0, 0, 30, 20), 30, 20, "here")
    with pytest.raises(ValueError, match="^here: the box from"):
        check_box((5, 0, 5, 20), 30, 20, "here")


def test_a_turned_photograph_is_upright(tmp_path):
    rows = np.zeros((20, 30, 3), dtype=np.uint8)
    rows[:, :15, 0] = 255  # red on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees, clockwise
    path = tmp_path / "turned.png"
    Image.fromarray(rows).save(path, exif=exif)
    assert picture_size(path) == (20, 30)
    pixels = read_picture(path)
    assert pixels.shape == (3, 30, 20) and pixels.dtype == torch.uint8
    assert (pixels[0, :15] == 255).all() and (pixels[0, 15:] == 0).all()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_every_picture_has_three_channels(tmp_path, mode):
    path = Path(tmp_path) / "a.png"
    Image.new(mode, (5, 4)).save(path)
    assert read_picture(path).shape == (3, 4, 5)

"""The drawing of the backward pass: which boxes and arrows at which step."""

import matplotlib.pyplot as plt

from dlbook.figures.backpropagation import plot_backward_pass
from dlbook.figures.palette import BLUE, GREY, ORANGE


def drawn(done, layers=3):
    """Texts in boxes by colour, and arrows ((x, y), (x, y), colour)."""
    (ax,) = plot_backward_pass(layers, done=done).axes
    boxes, arrows = {}, []
    for text in ax.texts:
        patch = text.get_bbox_patch()
        if patch is not None:
            color = text._bbox_patch.get_edgecolor()
            boxes.setdefault(plt.matplotlib.colors.to_hex(color), []).append(
                text.get_text()
            )
        if getattr(text, "arrow_patch", None) is not None:
            color = plt.matplotlib.colors.to_hex(
                text.arrow_patch.get_edgecolor()
            )
            arrows.append((text.xyann, text.xy, color))
    return boxes, arrows


def test_forward_pass_stands_alone_before_the_first_step():
    boxes, arrows = drawn(0)
    assert list(boxes) == [BLUE.lower()]
    assert boxes[BLUE.lower()] == [
        "$A^0$", "$Z^1$", "$A^1$", "$Z^2$", "$A^2$", "$Z^3$", "$L$",
    ]  # fmt: skip
    assert len(arrows) == 6
    assert all(end[0] > start[0] for start, end, _ in arrows)


def test_steps_go_back_from_the_last_layer_to_the_first():
    last = [drawn(done)[0][ORANGE.lower()][-1] for done in range(1, 7)]
    assert last == [
        r"$\mathrm{d}Z^3$", r"$\mathrm{d}W^3\!,\, \mathrm{d}b^3$",
        r"$\mathrm{d}Z^2$", r"$\mathrm{d}W^2\!,\, \mathrm{d}b^2$",
        r"$\mathrm{d}Z^1$", r"$\mathrm{d}W^1\!,\, \mathrm{d}b^1$",
    ]  # fmt: skip


def test_gradients_point_back_and_kept_tensors_down():
    _, arrows = drawn(6)
    back = [(s, e) for s, e, color in arrows if color == ORANGE.lower()]
    kept = [(s, e) for s, e, color in arrows if color == GREY.lower()]
    assert len(back) == 3 + 3 and len(kept) == 2 + 3
    assert all(e[0] <= s[0] and e[1] <= s[1] for s, e in back)
    assert all(e[1] < s[1] for s, e in kept)


def test_a_network_of_one_layer_needs_no_activation():
    boxes, arrows = drawn(2, layers=1)
    assert boxes[BLUE.lower()] == ["$A^0$", "$Z^1$", "$L$"]
    assert len(boxes[ORANGE.lower()]) == 2
    assert len(arrows) == 2 + 2 + 1

"""Colours that stay readable: WCAG 2.2 contrast, and the nearest shade that has enough of it."""

import colorsys

Rgb = tuple[float, float, float]
WHITE: Rgb = (1.0, 1.0, 1.0)
BLACK: Rgb = (0.0, 0.0, 0.0)
AA_TEXT = 4.5
NEUTRAL = "#8a8f8c"  # the colour of what has none


def readable_on(colour: str, *backgrounds: str, contrast: float = AA_TEXT, tint: float = 0) -> str:
    """``colour`` made darker or lighter, hue kept, until it stands out on each of ``backgrounds``
    (all light, or all dark), even where ``tint`` of it (0 to 1) is mixed into them.

    All are ``#rrggbb``; so is the answer.
    """
    towards = 0.0 if _luminance(_rgb(backgrounds[0])) > 0.18 else 1.0
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    for step in range(101):
        shade = colorsys.hls_to_rgb(hue, lightness + (towards - lightness) * step / 100, saturation)
        rounded = _hex(shade)
        grounds = [mixed(rounded, ground, tint) for ground in backgrounds]
        if all(_contrast(_rgb(rounded), _rgb(ground)) >= contrast for ground in grounds):
            return rounded
    return _hex((towards, towards, towards))


def mixed(colour: str, other: str, share: float) -> str:
    """``share`` (0 to 1) of the first colour, the rest of the second; channel by channel, as CSS
    mixes in sRGB."""
    pairs = zip(_rgb(colour), _rgb(other), strict=True)
    red, green, blue = (one * share + two * (1 - share) for one, two in pairs)
    return _hex((red, green, blue))


def ink_on(background: str) -> str:
    """Black or white, whichever reads better."""
    ground = _rgb(background)
    return "#ffffff" if _contrast(WHITE, ground) >= _contrast(BLACK, ground) else "#000000"


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    return _contrast(_rgb(one), _rgb(other))


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Rgb, other: Rgb) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)

// Each text that stands out too little, and its ratio.
() => {
  const channels = (text) => {
    const rgb = text.startsWith("color(srgb")
      ? text.match(/[\d.]+/g).map((x) => 255 * x) : text.match(/[\d.]+/g);
    return text.startsWith("color(srgb") ? [rgb[0], rgb[1], rgb[2], rgb[3]
      === undefined ? 1 : rgb[3] / 255] : [...rgb.map(Number), 1].slice(0, 4);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((c) => c / 255).map(
      (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color[3] > 0.5) return color;
    }
    return [255, 255, 255, 1];
  };
  const faults = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].filter((node) =>
      node.nodeType === 3 && node.data.trim()).map((node) => node.data);
    const style = getComputedStyle(element);
    const inside = element.closest("svg");
    if (!words.length || element.closest("mjx-container, .headerlink, script,"
        + " style") || (inside && /^rgb/.test(element.style.fill))
        || style.visibility === "hidden" || !element.getClientRects().length)
      continue;
    const fore = light(channels(inside ? style.fill : style.color));
    const back = light(behind(element));
    const [low, high] = [Math.min(fore, back), Math.max(fore, back)];
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
    if (ratio < (large ? 3 : 4.5))
      faults.push(`${words[0].trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return faults;
}

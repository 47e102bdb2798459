/** Texts that are seen and stand out too little from what is behind them: each as "ratio ink on ground text", once. */
(least) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const parsed = (color) => {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(color, [red, green, blue, alpha / 255]);
    }
    return known.get(color);
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));
  const behind = (element) => {
    const layers = [];
    for (let each = element; each && layers[0]?.[3] !== 1; each = each.parentElement) {
      layers.unshift(parsed(getComputedStyle(each).backgroundColor));
    }
    return layers.reduce((below, each) => over(each, below), [255, 255, 255]);
  };
  const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (one, other) => { // WCAG 2.2, "contrast ratio"
    const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (lighter + 0.05) / (darker + 0.05);
  };

  const found = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!text || box.width < 2 || box.height < 2 || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { color } = getComputedStyle(element);
    const ground = behind(element);
    const ratio = contrast(over(parsed(color), ground), ground);
    if (ratio < least) found.set(`${color} on ${ground.map(Math.round)}`, `${ratio.toFixed(1)}: ${text.slice(0, 40)}`);
  }
  return [...found].map(([colors, text]) => `${colors}, ${text}`);
}

// What was, for the small curves: a value a second since this page was opened, five minutes at most.
const HISTORY = 300;
const SHORTEST = 60;

class History {
  values = [];

  add(value) {
    this.values.push(value);
    if (this.values.length > HISTORY) this.values.shift();
  }
}

const histories = new Map();

/** The history of that name, with one more value. */
function remember(name, value) {
  let history = histories.get(name);
  if (!history) histories.set(name, history = new History());
  history.add(value);
  return history;
}

const SVG = "http://www.w3.org/2000/svg";

/** An empty curve, or two; it is decoration: the number beside it says the same. */
function makeSpark(lines = 1) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "spark");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (let i = 0; i < lines; i++) {
    for (const kind of i === 0 ? ["area", "line"] : ["line second"]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", kind);
      svg.append(path);
    }
  }

  return svg;
}

/** Draws histories into a curve, on one scale from zero; the newest value is at the right. */
function drawSpark(svg, ...shown) {
  const width = Math.max(SHORTEST, shown[0].values.length);
  const top = Math.max(1e-9, ...shown.flatMap(history => history.values)) * 1.15;
  svg.setAttribute("viewBox", `0 0 ${width} 100`);
  shown.forEach((history, i) => {
    const from = width - history.values.length;
    const points = history.values.map((value, x) => `${from + x + 1},${(98 - 96 * value / top).toFixed(1)}`);
    if (points.length === 1) points.unshift(`${from},${points[0].split(",")[1]}`);
    const line = "M" + points.join("L");
    if (i === 0) svg.children[0].setAttribute("d", `${line}V100H${points[0].split(",")[0]}Z`);
    svg.children[i + 1].setAttribute("d", line);
  });
}

/** The change of a counter per second since it was last seen. */
const counters = new Map();
function slope(name, value, seconds) {
  const before = counters.get(name);
  counters.set(name, value);
  return before === undefined || seconds <= 0 ? 0 : Math.max(0, (value - before) / seconds);
}


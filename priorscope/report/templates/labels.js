// Sliders over target and budget: labels that each model needs, and what it does with so many.
(() => {
  "use strict";
  const source = document.getElementById("labels-data");
  if (!source) return;
  const { share, scale, learners, texts } = JSON.parse(source.textContent);
  const slides = [...document.querySelectorAll("[data-slide]")];
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const grouped = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  const rough = (value) => grouped(Number(value.toPrecision(2)));
  const metric = (value, digits) => {
    if (!share) return (value * scale).toPrecision(3);
    return `${(100 * (1 - value)).toFixed(digits)}%`;
  };

  // Rows [x, ...numbers] in order of x, falling or rising; between two in logs. Null stays null.
  const at = (rows, x) => {
    const last = rows.length - 1;
    const rising = rows[last][0] > rows[0][0];
    const inside = (row) => (rising ? row[0] >= x * (1 - 1e-9) : row[0] <= x * (1 + 1e-9));
    const right = rows.findIndex(inside);
    if (right < 0 || (right === 0 && Math.abs(Math.log(rows[0][0] / x)) > 1e-6)) return null;
    if (right === 0) return rows[0].slice(1);
    const [a, b] = [rows[right - 1], rows[right]];
    const part = Math.log(x / a[0]) / Math.log(b[0] / a[0]);
    return a.slice(1).map((value, i) => {
      const other = b[i + 1];
      if (value === null || other === null) return null;
      if (value <= 0 || other <= 0) return value + part * (other - value);
      return Math.exp((1 - part) * Math.log(value) + part * Math.log(other));
    });
  };

  const needs = ({ reach, largest }, target) => {
    const [low, middle, high] = at(reach, target) ?? [null, null, null];
    if (middle === null) return [low === null ? texts.out : fill(texts.more, { low: rough(low) }), Infinity, ""];
    const ends = { low: rough(low), high: high === null ? texts.beyond : rough(high) };
    const interval = ends.low === ends.high ? "" : fill(texts.between, ends);
    const kind = middle <= largest * (1 + 1e-9) ? texts.observed : texts.predicted;
    return [fill(texts.about, { labels: rough(middle) }), middle, [interval, kind].filter(Boolean).join("; ")];
  };
  const odds = ({ reach }, target) => {
    const row = at(reach, target);
    return row === null || row[3] === null ? null : Math.min(Math.max(row[3], 0), 1);
  };
  const does = ({ values, largest }, budget) => {
    const row = at(values, budget);
    if (row === null) return [texts.out, Infinity, ""];
    const [low, middle, high] = row;
    const digits = share && high - low >= 0.1 ? 0 : 1;
    const [left, right] = share ? [high, low] : [low, high];
    const interval = fill(texts.between, { low: metric(left, digits), high: metric(right, digits) });
    const kind = budget <= largest * (1 + 1e-9) ? texts.observed : texts.predicted;
    return [metric(middle, digits), middle, `${interval}; ${kind}`];
  };

  const put = (cell, main, small, value) => {
    const [first, second] = [document.createElement("span"), document.createElement("span")];
    first.className = "value";
    second.className = "range";
    [first.textContent, second.textContent] = [main, small];
    cell.replaceChildren(first, second);
    if (Number.isFinite(value)) cell.dataset.v = value;
    else delete cell.dataset.v;
  };
  const chosen = (slide) => {
    const [low, high] = [Number(slide.dataset.low), Number(slide.dataset.high)];
    return Math.exp(low + ((high - low) * place(slide)) / 1000);
  };
  // Accuracy rises to the right: its error falls.
  const place = (slide) => (slide.dataset.slide === "target" ? 1000 - Number(slide.value) : Number(slide.value));
  const update = () => {
    const [target, budget] = slides.map(chosen);
    const shown = { target: metric(target, 1), budget: rough(budget) };
    for (const slide of slides) {
      const text = shown[slide.dataset.slide];
      document.querySelector(`[data-shown="${slide.dataset.slide}"]`).textContent = text;
      slide.setAttribute("aria-valuetext", text);
    }
    for (const row of document.querySelectorAll("[data-labels-of]")) {
      const learner = learners[Number(row.dataset.labelsOf)];
      const cell = (name) => row.querySelector(`[data-cell="${name}"]`);
      const [main, size, small] = needs(learner, target);
      put(cell("needs"), main, small, size);
      const chance = odds(learner, target);
      const percent = chance === null ? "–" : chance > 0.995 ? "> 99%" : chance < 0.005 ? "< 1%" : `${Math.round(100 * chance)}%`;
      put(cell("odds"), percent, "", chance ?? NaN);
      const [value, own, interval] = does(learner, budget);
      put(cell("does"), value, interval, own);
    }
  };
  for (const slide of slides) {
    if (slide.dataset.slide === "target") slide.value = 1000 - Number(slide.getAttribute("value"));
    slide.addEventListener("input", update);
  }
  update();
})();

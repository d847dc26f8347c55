"use strict";
// Attention of one example: words or patches, layers x heads, rollout. Data and words: #payload.
(function () {
  const source = document.getElementById("payload");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const say = (key, values) =>
    data.words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  const SQUARES = Float32Array.from({ length: 256 }, (_, code) => (code / 255) ** 2);

  class Weights {
    constructor(codes, one) {
      Object.assign(this, { codes, blocks: one.blocks, heads: one.heads, tokens: one.tokens });
      this.size = one.tokens * one.tokens;
      this.kept = new Map();
    }
    // (query, key) of a layer; head -1: mean of heads; layer -1: rollout.
    matrix(layer, head) {
      const key = layer + "/" + head;
      if (!this.kept.has(key)) {
        if (this.kept.size > 200) this.kept.clear();
        this.kept.set(key, layer < 0 ? this.rollout() : head < 0 ? this.mean(layer) : this.one(layer, head));
      }
      return this.kept.get(key);
    }
    one(layer, head) {
      const start = (layer * this.heads + head) * this.size;
      const matrix = new Float32Array(this.size);
      for (let i = 0; i < this.size; i++) matrix[i] = SQUARES[this.codes[start + i]];
      return matrix;
    }
    mean(layer) {
      const matrix = new Float32Array(this.size);
      for (let head = 0; head < this.heads; head++) {
        const start = (layer * this.heads + head) * this.size;
        for (let i = 0; i < this.size; i++) matrix[i] += SQUARES[this.codes[start + i]] / this.heads;
      }
      return matrix;
    }
    rollout() {
      const n = this.tokens;
      let through = new Float32Array(this.size);
      for (let i = 0; i < n; i++) through[i * n + i] = 1;
      for (let layer = 0; layer < this.blocks; layer++) {
        const mean = this.mean(layer), next = new Float32Array(this.size);
        for (let i = 0; i < n; i++) {
          let total = 0;
          for (let k = 0; k < n; k++) total += mean[i * n + k];
          for (let k = 0; k < n; k++) {
            const weight = 0.5 * mean[i * n + k] / (total || 1) + (i === k ? 0.5 : 0);
            if (weight > 0) for (let j = 0; j < n; j++) next[i * n + j] += weight * through[k * n + j];
          }
        }
        through = next;
      }
      return through;
    }
  }

  // Calls once before the next frame, however often it is asked.
  function beforeFrame(call) {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; call(); });
    };
  }

  function ink() {
    const hex = getComputedStyle(document.documentElement).getPropertyValue("--more").trim();
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  }

  // A matrix as a picture of side x side pixels; where several cells share a pixel, the largest.
  function picture(matrix, n, side, colour) {
    const canvas = make("canvas", { width: side, height: side });
    const context = canvas.getContext("2d"), image = context.createImageData(side, side), pixels = image.data;
    const start = Array.from({ length: side + 1 }, (_, i) => Math.floor((i * n) / side));
    for (let i = 0, at = 0; i < side; i++) {
      for (let j = 0; j < side; j++, at += 4) {
        let most = 0;
        for (let p = start[i]; p < Math.max(start[i] + 1, start[i + 1]); p++)
          for (let q = start[j]; q < Math.max(start[j] + 1, start[j + 1]); q++) most = Math.max(most, matrix[p * n + q]);
        pixels[at] = colour[0];
        pixels[at + 1] = colour[1];
        pixels[at + 2] = colour[2];
        pixels[at + 3] = 255 * Math.min(1, 0.05 + Math.sqrt(most));
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function strongest(row, count) {
    const best = [];
    for (let k = 0; k < row.length; k++) {
      let at = best.length;
      while (at > 0 && row[best[at - 1]] < row[k]) at--;
      if (at < count) best.splice(at, 0, k);
      if (best.length > count) best.pop();
    }
    return best;
  }

  function view(root, one, title, codes) {
    const weights = new Weights(codes, one), n = one.tokens;
    const state = { layer: one.blocks - 1, head: -1, token: 0, held: false };
    const current = () => weights.matrix(state.layer, state.layer < 0 ? -1 : state.head);

    const layer = make("input", { type: "range", min: 1, max: one.blocks, value: one.blocks });
    const head = make("input", { type: "range", min: 0, max: one.heads, value: 0 });
    const rollout = make("input", { type: "checkbox" });
    const layerText = make("output"), headText = make("output");
    const told = make("p", { class: "told", "aria-live": "polite" });
    const controls = make("div", { class: "controls" },
      make("label", {}, say("layer") + " ", layerText, layer),
      make("label", {}, say("head") + " ", headText, head),
      make("label", { class: "check" }, rollout, " " + say("rollout")));
    const stage = one.image ? imageStage() : textStage();
    const maps = mapsStage();
    root.append(controls, make("div", { class: "stage" }, stage.node, maps.node), told);

    const soon = beforeFrame(update);
    layer.addEventListener("input", () => { state.layer = layer.value - 1; rollout.checked = false; soon(); });
    head.addEventListener("input", () => {
      state.head = head.value - 1;
      if (rollout.checked) { rollout.checked = false; state.layer = layer.value - 1; }
      soon();
    });
    rollout.addEventListener("change", () => { state.layer = rollout.checked ? -1 : layer.value - 1; update(); });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { maps.redraw(); update(); });

    function nameOf(token) {
      if (one.words.length) return one.words[token];
      if (token < one.leading) return say("class");
      const at = token - one.leading;
      return say("patch", { row: Math.floor(at / one.grid[1]) + 1, column: (at % one.grid[1]) + 1 });
    }

    function update() {
      layerText.textContent = state.layer < 0 ? "–" : state.layer + 1;
      headText.textContent = state.head < 0 || state.layer < 0 ? say("mean") : state.head + 1;
      const row = current().subarray(state.token * n, (state.token + 1) * n);
      stage.show(row);
      maps.show();
      told.textContent = say("from", { word: nameOf(state.token) }) + ": " +
        strongest(row, 3).map((k) => nameOf(k) + " " + (100 * row[k]).toFixed(0) + "%").join(", ");
    }

    function textStage() {
      const words = one.words.map((word, k) => {
        const node = make("button", { type: "button", class: "word", tabindex: k ? -1 : 0, "aria-pressed": "false" }, word);
        node.addEventListener("pointerenter", () => {
          node.title = (100 * current()[state.token * n + k]).toFixed(1) + "%";
          if (!state.held) choose(k);
        });
        node.addEventListener("focus", () => choose(k));
        node.addEventListener("click", () => { state.held = !(state.held && state.token === k); choose(k); });
        return node;
      });
      const painted = [];
      let pressed = -1;
      function choose(k) {
        words[state.token].tabIndex = -1;
        words[k].tabIndex = 0;
        state.token = k;
        soon();
      }
      const node = make("div", { class: "text", role: "group", "aria-label": title }, ...words);
      node.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        state.held = true;
        words[(state.token + by + n) % n].focus();
      });
      return {
        node,
        show(row) {
          const most = Math.max(...row, 1e-9), colour = maps.colour();
          words.forEach((word, j) => {
            const own = `rgb(${colour} / ${((0.72 * row[j]) / most).toFixed(2)})`;
            if (own !== painted[j]) word.style.backgroundColor = painted[j] = own;
          });
          if (pressed !== state.token) {
            words[pressed]?.setAttribute("aria-pressed", "false");
            words[state.token].setAttribute("aria-pressed", "true");
            pressed = state.token;
          }
        },
      };
    }

    function imageStage() {
      const [rows, columns] = one.grid, long = Math.max(rows, columns);
      const side = Math.max(8, Math.floor(320 / long));
      const canvas = make("canvas", {
        width: columns * side, height: rows * side, tabindex: 0, role: "application", "aria-label": say("image"),
      });
      const context = canvas.getContext("2d"), shown = new Image();
      const parts = [canvas];
      if (one.leading) {
        const button = make("button", { type: "button" }, say("class"));
        button.addEventListener("click", () => { state.token = 0; update(); });
        parts.push(button);
      }
      state.token = one.leading ? 0 : Math.floor(rows / 2) * columns + Math.floor(columns / 2);
      shown.addEventListener("load", () => update());
      shown.src = one.image;
      const at = (event) => {
        const box = canvas.getBoundingClientRect();
        const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
        const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
        state.token = one.leading + Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column));
        soon();
      };
      canvas.addEventListener("pointerdown", at);
      canvas.addEventListener("pointermove", (event) => { if (event.buttons) at(event); });
      canvas.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
        if (!by) return;
        event.preventDefault();
        const next = Math.max(state.token, one.leading) - one.leading + by;
        if (next >= 0 && next < rows * columns) state.token = next + one.leading;
        update();
      });
      return {
        node: make("div", { class: "image" }, ...parts),
        show(row) {
          context.globalAlpha = 1;
          context.imageSmoothingEnabled = false;
          context.clearRect(0, 0, canvas.width, canvas.height);
          if (shown.complete && shown.naturalWidth) context.drawImage(shown, 0, 0, canvas.width, canvas.height);
          const most = Math.max(...row.subarray(one.leading), 1e-9);
          for (let k = 0; k < rows * columns; k++) {
            context.globalAlpha = 0.8 * (row[one.leading + k] / most);
            context.fillStyle = "#ff5a1f";
            context.fillRect((k % columns) * side, Math.floor(k / columns) * side, side, side);
          }
          context.globalAlpha = 1;
          if (state.token >= one.leading) {
            const k = state.token - one.leading;
            context.lineWidth = 3;
            context.strokeStyle = "#0af";
            context.strokeRect((k % columns) * side + 1.5, Math.floor(k / columns) * side + 1.5, side - 3, side - 3);
          }
        },
      };
    }

    function mapsStage() {
      const thumb = Math.max(14, Math.min(40, Math.floor(460 / one.heads) - 3)), gap = 3, big = Math.min(380, Math.max(280, n * 4));
      const width = one.heads * (thumb + gap), height = one.blocks * (thumb + gap);
      const grid = make("canvas", { width, height, tabindex: 0, role: "application", "aria-label": say("heads"), class: "heads" });
      const large = make("canvas", { width: big, height: big, role: "img", "aria-label": say("large"), class: "large" });
      const box = make("div", { class: "box" });
      const frame = make("div", { class: "frame" }, grid, box);
      frame.style.width = `min(100%, ${width}px)`;
      large.style.width = `min(100%, ${big}px)`;
      const side = Math.min(n, big), drawn = { key: "", canvas: null };
      let colour = ink();
      function place() {
        box.hidden = state.layer < 0 || state.head < 0;
        const scale = grid.clientWidth / width || 1;
        box.style.left = state.head * (thumb + gap) * scale + "px";
        box.style.top = state.layer * (thumb + gap) * scale + "px";
        box.style.width = box.style.height = thumb * scale + "px";
      }
      function redraw() {
        const context = grid.getContext("2d");
        colour = ink();
        context.clearRect(0, 0, width, height);
        for (let b = 0; b < one.blocks; b++)
          for (let h = 0; h < one.heads; h++)
            context.drawImage(picture(weights.one(b, h), n, thumb, colour), h * (thumb + gap), b * (thumb + gap));
        drawn.key = "";
      }
      function pick(b, h) {
        state.layer = Math.min(one.blocks - 1, Math.max(0, b));
        state.head = Math.min(one.heads - 1, Math.max(0, h));
        layer.value = state.layer + 1;
        head.value = state.head + 1;
        rollout.checked = false;
        update();
      }
      grid.addEventListener("click", (event) => {
        const bounds = grid.getBoundingClientRect();
        pick(Math.floor(((event.clientY - bounds.top) / bounds.height) * one.blocks),
          Math.floor(((event.clientX - bounds.left) / bounds.width) * one.heads));
      });
      grid.addEventListener("keydown", (event) => {
        const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
        if (!by) return;
        event.preventDefault();
        pick(Math.max(state.layer, 0) + by[0], Math.max(state.head, 0) + by[1]);
      });
      redraw();
      return {
        node: make("div", { class: "maps" }, frame, large),
        redraw,
        colour: () => colour.join(" "),
        show() {
          place();
          const context = large.getContext("2d"), key = `${state.layer}/${state.head}`;
          if (drawn.key !== key) Object.assign(drawn, { key, canvas: picture(current(), n, side, colour) });
          context.imageSmoothingEnabled = false;
          context.clearRect(0, 0, big, big);
          context.drawImage(drawn.canvas, 0, 0, big, big);
          context.strokeStyle = "#0af";
          context.lineWidth = 2;
          context.strokeRect(0, (state.token * big) / n, big, Math.max(2, big / n));
        },
      };
    }
    update();
    root.dataset.ready = "yes";
  }

  const roots = [...document.querySelectorAll("[data-attention]")];
  roots.forEach(async (root) => {
    const one = data.viewers[Number(root.dataset.attention)];
    if (typeof DecompressionStream === "undefined") {
      root.append(make("p", {}, data.words.old));
      return;
    }
    view(root, one, data.titles[root.dataset.attention], await unpack(one.weights));
  });
})();

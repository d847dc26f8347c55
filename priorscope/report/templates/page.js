// Tabs, tables, and the charts, which it draws and keeps in step with the switches.
(() => {
  "use strict";
  const root = document.documentElement;
  const { specs, tables, learners, themes, texts, share } = JSON.parse(document.getElementById("payload").textContent);
  const ENDS = [texts.low, texts.high]; // titles of an interval's ends in a CSV
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const charts = [...document.querySelectorAll("[data-figure]")];
  const panels = [...document.querySelectorAll("[data-panel-of]")];
  const views = new Map();
  const hidden = new Set();
  const chosen = {}; // parameters that the page's controls have set
  const NARROW = 520; // pixels below which lines carry no names; the switches are the legend

  // Tabs: the part of the page that the address names is shown, the others wait.
  const panelOf = (id) => document.getElementById(id)?.closest("[data-panel-of]");
  const show = (panel) => {
    for (const other of panels) other.classList.toggle("waiting", other !== panel);
    for (const link of document.querySelectorAll("[data-tab]")) {
      if (link.dataset.tab === panel.id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const panel = (id && panelOf(id)) || panels[0];
    show(panel);
    const target = id && document.getElementById(id);
    if (target && target !== panel) target.scrollIntoView({ block: "start" });
  };
  if (panels.length) {
    root.classList.add("tabbed");
    window.addEventListener("hashchange", follow);
    follow();
  }

  // Charts
  const settings = (chart) => ({
    ...JSON.parse(chart.dataset.params),
    ...chosen,
    labelled: chart.clientWidth >= NARROW,
    hidden: learners.filter((_, index) => hidden.has(index)),
  });
  const filled = (chart) => {
    const spec = structuredClone(specs[chart.dataset.figure]);
    const values = settings(chart);
    for (const param of spec.params ?? []) if (param.name in values) param.value = values[param.name];
    return { ...spec, datasets: tables };
  };
  const draw = async (chart) => {
    views.get(chart)?.finalize();
    views.delete(chart);
    const result = await window.vegaEmbed(chart, filled(chart), {
      actions: false,
      ast: true,
      renderer: "svg",
      config: scheme.matches ? themes.dark : themes.light,
      logLevel: 1, // errors only
      tooltip: { theme: scheme.matches ? "dark" : "light" },
    });
    views.set(chart, result);
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve));
  const drawAll = async () => {
    const waits = (chart) => Boolean(chart.closest(".waiting"));
    for (const chart of [...charts].sort((a, b) => waits(a) - waits(b))) {
      if (waits(chart)) root.dataset.shown = "yes";
      await draw(chart);
      await pause();
    }
    root.dataset.shown = root.dataset.drawn = "yes";
  };
  const refresh = async () => {
    for (const [chart, { view, spec }] of views) {
      const values = settings(chart);
      for (const { name } of spec.params ?? []) if (name in values) view.signal(name, values[name]);
      await view.runAsync();
    }
  };
  const toggle = (index, on) => {
    if (on) hidden.delete(index);
    else hidden.add(index);
    for (const box of document.querySelectorAll(`input[data-learner="${index}"]`)) box.checked = on;
    for (const part of document.querySelectorAll(`[data-panel="${index}"]`)) part.hidden = !on;
  };
  document.addEventListener("change", (event) => {
    const { learner, structure } = event.target.dataset;
    if (learner !== undefined) toggle(Number(learner), event.target.checked);
    if (structure !== undefined) {
      chosen.structure = event.target.value;
      for (const part of document.querySelectorAll("[data-of-structure]")) part.hidden = part.dataset.ofStructure !== event.target.value;
    }
    refresh();
  });

  // Tables: sorted by a column, copied, saved as CSV.
  const value = (cell) => (cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent.trim());
  const compare = (a, b) => {
    const numbers = [a, b].map((x) => typeof x === "number");
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1; // what is missing comes last
    return numbers[0] ? a - b : a.localeCompare(b);
  };
  const sort = (header) => {
    const table = header.closest("table");
    const up = header.getAttribute("aria-sort") !== "ascending";
    const at = header.cellIndex;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [value(a.cells[at]), value(b.cells[at])];
      return typeof x !== typeof y || up ? compare(x, y) : compare(y, x);
    });
    body.append(...rows);
  };
  for (const table of document.querySelectorAll("table")) {
    const headers = [...table.tHead.rows[0].cells];
    const names = headers.map((header) => header.dataset.name ?? header.textContent.trim());
    if (table.tBodies[0].rows.length > 1)
      for (const header of headers) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...header.childNodes);
        header.append(button);
      }
    for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, i) => (cell.dataset.label = names[i]));
  }
  // A cell that a spreadsheet would take for a formula is made text.
  const plain = (text) => (/^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);
  const quoted = (text) => (/[",\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const grid = (table) => {
    const rows = [...table.tBodies[0].rows];
    const columns = [...table.tHead.rows[0].cells].map((header, at) => {
      const ends = rows.some((row) => row.cells[at].dataset.low !== undefined || row.cells[at].dataset.high !== undefined);
      return { at, ends, name: header.dataset.name ?? header.textContent.trim() };
    });
    const cells = (row, { at, ends }) => {
      const { v, low, high } = row.cells[at].dataset;
      const own = v ?? row.cells[at].innerText.trim().replace(/\s+/g, " ");
      return ends ? [own, low ?? "", high ?? ""] : [own];
    };
    return [
      columns.flatMap(({ name, ends }) => (ends ? [name, ...ENDS.map((text) => text.replace("{name}", name))] : [name])),
      ...rows.map((row) => columns.flatMap((column) => cells(row, column))),
    ];
  };
  const lines = (table, separator) =>
    grid(table).map((row) => row.map((text) => quoted(plain(text))).join(separator)).join("\n");
  const save = (href, name) => {
    const link = document.createElement("a");
    link.href = href;
    link.download = name;
    link.click();
  };
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return;
      } catch {} // not allowed here: the older way
    }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  // The card as a picture: the SVG that the page holds, or drawn into a PNG.
  const shared = async (kind) => {
    const svg = URL.createObjectURL(new Blob([share], { type: "image/svg+xml" }));
    if (kind === "svg") return svg;
    const picture = new Image();
    picture.src = svg;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/png");
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("sort")) return sort(button.closest("th"));
    const table = button.closest(".tablebox")?.querySelector("table");
    if (button.dataset.csv !== undefined) {
      const file = new Blob([lines(table, ",") + "\n"], { type: "text/csv" });
      save(URL.createObjectURL(file), `${button.dataset.csv}.csv`);
    } else if (button.dataset.copy !== undefined) {
      await copy(lines(table, "\t"));
      button.textContent = texts.copied;
      setTimeout(() => (button.textContent = texts.copy), 1500);
    } else if (button.dataset.share) {
      save(await shared(button.dataset.share), `priorscope.${button.dataset.share}`);
    } else if (button.dataset.save) {
      const kind = button.dataset.save;
      const chart = button.closest("figure").querySelector("[data-figure]");
      save(await views.get(chart).view.toImageURL(kind, 2), `${chart.dataset.figure}.${kind}`);
    }
  });

  scheme.addEventListener("change", drawAll);
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
  if (charts.length) drawAll();
  else root.dataset.shown = root.dataset.drawn = "yes";
})();

// Draws the charts and keeps them in step with the switches.
(() => {
  "use strict";
  const { specs, tables, learners, themes } = JSON.parse(document.getElementById("payload").textContent);
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const charts = [...document.querySelectorAll("[data-figure]")];
  const views = new Map();
  const hidden = new Set();
  const chosen = {}; // parameters that the page's controls have set

  const settings = (chart) => ({
    ...JSON.parse(chart.dataset.params),
    ...chosen,
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

  const drawAll = async () => {
    for (const chart of charts) await draw(chart);
    document.documentElement.dataset.drawn = "yes";
  };

  const refresh = async () => {
    for (const [chart, { view, spec }] of views) {
      const values = settings(chart);
      for (const { name } of spec.params ?? []) if (name in values) view.signal(name, values[name]);
      await view.runAsync();
    }
  };

  const show = (index, on) => {
    if (on) hidden.delete(index);
    else hidden.add(index);
    for (const box of document.querySelectorAll(`input[data-learner="${index}"]`)) box.checked = on;
    for (const part of document.querySelectorAll(`[data-panel="${index}"]`)) part.hidden = !on;
  };

  document.addEventListener("change", (event) => {
    const { learner, structure } = event.target.dataset;
    if (learner !== undefined) show(Number(learner), event.target.checked);
    if (structure !== undefined) chosen.structure = event.target.value;
    refresh();
  });

  document.addEventListener("click", async (event) => {
    const kind = event.target.dataset.save;
    if (!kind) return;
    const chart = event.target.closest("figure").querySelector("[data-figure]");
    const link = document.createElement("a");
    link.href = await views.get(chart).view.toImageURL(kind, 2);
    link.download = `${chart.dataset.figure}.${kind}`;
    link.click();
  });

  scheme.addEventListener("change", drawAll);
  window.addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });
  drawAll();
})();

// The local page: a file that is dropped, a comparison that is watched, two that are chosen.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const stored = byId("texts");
  const { words, themes } = stored ? JSON.parse(stored.textContent) : { words: {}, themes: {} };
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const NARROW = 520; // pixels below which lines carry no names; the legend does

  const post = async (address, body) => {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body });
    } catch {
      throw new Error(words.lost);
    }
    const told = await answer.json().catch(() => ({ problem: words.lost }));
    if (!answer.ok) throw new Error(told.problem ?? words.lost);
    return told;
  };
  const complain = (text) => {
    if (byId("problem")) byId("problem").textContent = text;
  };

  // Charts
  const views = new Map();
  const payloads = () =>
    new Map([...document.querySelectorAll("script[data-charts]")].map((s) => [s.dataset.charts, JSON.parse(s.textContent)]));
  let charts = payloads();
  const draw = async (element) => {
    const payload = charts.get(element.dataset.side);
    const known = payload?.specs[element.dataset.chart];
    if (!known) return;
    const spec = structuredClone(known);
    const values = { labelled: element.clientWidth >= NARROW, hidden: [], structure: "intact" };
    for (const param of spec.params ?? []) if (param.name in values) param.value = values[param.name];
    views.get(element)?.finalize();
    const result = await window.vegaEmbed(
      element,
      { ...spec, datasets: payload.tables },
      {
        actions: false,
        ast: true,
        renderer: "svg",
        config: scheme.matches ? themes.dark : themes.light,
        logLevel: 1,
        tooltip: { theme: scheme.matches ? "dark" : "light" },
      },
    );
    views.set(element, result);
  };
  const drawAll = async () => {
    for (const element of [...views.keys()])
      if (!element.isConnected) {
        views.get(element).finalize();
        views.delete(element);
      }
    for (const element of document.querySelectorAll("[data-chart]")) await draw(element);
    document.documentElement.dataset.drawn = "yes";
  };
  scheme.addEventListener("change", drawAll);
  if (window.vegaEmbed) drawAll();

  // A comparison that is watched: the server tells what changed.
  const live = byId("live");
  if (live) {
    let source = null;
    let shown = JSON.stringify(charts.get(""));
    const listen = () => {
      source?.close();
      source = new EventSource(`${encodeURIComponent(live.dataset.name)}/events`);
      source.addEventListener("message", async (event) => {
        const told = JSON.parse(event.data);
        const now = JSON.stringify(told.charts);
        const old = [...live.querySelectorAll("[data-chart]")];
        const open = [...live.querySelectorAll("details")].map((one) => one.open);
        live.innerHTML = told.html;
        live.dataset.state = told.state;
        live.querySelectorAll("details").forEach((one, i) => (one.open = open[i] ?? false));
        charts = new Map([["", told.charts]]);
        complain("");
        if (now === shown) {
          for (const place of live.querySelectorAll("[data-chart]")) {
            const same = old.find((one) => one.dataset.chart === place.dataset.chart);
            if (same) place.replaceWith(same); // drawn already
          }
          return;
        }
        shown = now;
        for (const place of live.querySelectorAll("[data-chart]")) {
          const same = old.find((one) => one.dataset.chart === place.dataset.chart);
          if (same) place.style.minHeight = `${same.clientHeight}px`;
        }
        await drawAll();
      });
      source.addEventListener("error", () => complain(words.lost));
      source.addEventListener("open", () => complain(""));
    };
    listen();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) source?.close();
      else listen();
    });
    document.addEventListener("click", async (event) => {
      const button = event.target.closest("[data-act]");
      if (!button) return;
      button.disabled = true;
      complain("");
      try {
        await post(`${encodeURIComponent(live.dataset.name)}/${button.dataset.act}`);
        button.textContent = button.dataset.act === "stop" ? words.stopping : words.starting;
      } catch (error) {
        complain(error.message);
        button.disabled = false;
      }
    });
  }

  // Two that are chosen
  document.addEventListener("change", (event) => {
    const other = event.target.closest("[data-with]");
    if (other?.value) {
      const of = [other.dataset.with, other.value].map(encodeURIComponent);
      location.assign(`../side?of=${of[0]}&of=${of[1]}`);
    }
    const form = event.target.closest("[data-choose]");
    if (!form) return;
    const boxes = [...form.querySelectorAll("input[name=of]")];
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.disabled = chosen.length >= 2 && !box.checked;
    form.querySelector("[data-side-by-side]").disabled = chosen.length !== 2;
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-side-by-side]")) return;
    const boxes = [...document.querySelectorAll("input[name=of]:checked")];
    location.assign(`side?${boxes.map((box) => `of=${encodeURIComponent(box.value)}`).join("&")}`);
  });

  // Data that are handed over
  const drop = document.querySelector("[data-drop]");
  if (drop) {
    let upload = "";
    let asked = 0; // of several questions the last counts
    const busy = (text) => (byId("busy").textContent = text);
    const value = (id) => byId(id)?.value ?? "";
    const question = () => ({
      upload,
      data: upload ? "" : value("data"),
      target: value("target"),
      preset: value("preset"),
      budget: value("budget").trim(),
      learners: value("learners").trim(),
    });
    const look = async () => {
      const mine = ++asked;
      const { upload: id, data, target } = question();
      complain("");
      busy(words.reading);
      byId("start").hidden = true;
      try {
        const told = await post("look", JSON.stringify({ upload: id, data, target }));
        if (mine !== asked) return;
        byId("read").innerHTML = told.html;
        byId("start").hidden = !told.ready;
      } catch (error) {
        if (mine === asked) complain(error.message);
      }
      if (mine === asked) busy("");
    };
    const take = async (file) => {
      if (!file) return;
      const mine = ++asked;
      complain("");
      byId("read").textContent = "";
      byId("start").hidden = true;
      busy(words.sending.replace("{name}", file.name));
      try {
        const told = await post(`upload?name=${encodeURIComponent(file.name)}`, file);
        if (mine !== asked) return;
        upload = told.upload;
        byId("data").value = "";
        await look();
      } catch (error) {
        if (mine === asked) {
          busy("");
          complain(error.message);
        }
      }
    };
    for (const name of ["dragenter", "dragover"])
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    });
    byId("file").addEventListener("change", (event) => take(event.target.files[0]));
    const fromPath = () => {
      upload = "";
      byId("read").textContent = "";
      look();
    };
    byId("look").addEventListener("click", fromPath);
    byId("data").addEventListener("keydown", (event) => {
      if (event.key === "Enter") fromPath();
    });
    byId("read").addEventListener("change", (event) => {
      if (event.target.id === "target") look();
    });
    byId("start").addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.target.querySelector("button");
      button.disabled = true;
      complain("");
      busy(words.starting);
      try {
        const told = await post("start", JSON.stringify(question()));
        location.assign(`c/${encodeURIComponent(told.name)}`);
      } catch (error) {
        busy("");
        complain(error.message);
        button.disabled = false;
      }
    });
  }
})();

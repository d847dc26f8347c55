// The page holds its text in other languages, too; the address asks for one of them (?lang=ko).
(() => {
  "use strict";
  const root = document.documentElement;
  const stored = document.getElementById("languages");
  if (!stored) return;
  const others = JSON.parse(stored.textContent); // language -> { body, payload }
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked !== null && Object.hasOwn(others, asked)) {
    const payload = document.getElementById("payload");
    const base = JSON.parse(payload.textContent);
    const own = others[asked].payload;
    payload.textContent = JSON.stringify({ ...base, ...own, tables: { ...base.tables, ...own.tables } });
    document.getElementById("page").innerHTML = others[asked].body;
    if (own.title) document.title = own.title;
    root.lang = asked;
  }
  if (location.protocol === "about:") return; // in a notebook's frame there is no address to change
  for (const nav of document.querySelectorAll(".languages")) nav.hidden = false;
  document.addEventListener("click", (event) => {
    const language = event.target.closest("[data-language]")?.dataset.language;
    if (!language || language === root.lang) return;
    const address = new URL(location.href);
    address.searchParams.set("lang", language);
    location.assign(address);
  });
})();

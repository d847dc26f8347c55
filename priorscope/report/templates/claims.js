// On a telephone the tables of effects start closed; `page.js` opens them for print.
(() => {
  "use strict";
  if (window.matchMedia("(max-width: 620px)").matches)
    for (const part of document.querySelectorAll(".judged details")) part.open = false;
})();

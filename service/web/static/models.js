// Says beside a list of models what the chosen one is.
"use strict";
for (const list of document.querySelectorAll(".model select")) {
  const line = list.closest(".model").querySelector(".what");
  const say = () => { line.textContent = list.selectedOptions[0]?.dataset.title || line.textContent; };
  list.addEventListener("change", say);
  say();
}

// Ties sentences, claims and places on the figure together; keys for review.
"use strict";
const figure = document.getElementById("figure");
const tracks = figure ? JSON.parse(figure.dataset.boxes) : [];

function clear() {
  for (const old of document.querySelectorAll(".shade")) old.remove();
  for (const old of document.querySelectorAll(".on")) old.classList.remove("on");
}

function shade(row) {
  const start = Number(figure.dataset.start), span = Number(figure.dataset.end) - start;
  const width = Number(figure.dataset.width), height = Number(figure.dataset.height);
  for (const number of row.dataset.tracks.split(" ")) {
    const box = tracks.find(track => String(track.track) === number);
    if (!box) continue;
    const x = position => box.x0 + Math.min(Math.max((position - start) / span, 0), 1) * (box.x1 - box.x0);
    const left = x(Number(row.dataset.start)), right = Math.max(x(Number(row.dataset.end)), left + 3);
    const mark = document.createElement("div");
    mark.className = "shade";
    Object.assign(mark.style, { left: `${100 * left / width}%`, width: `${100 * (right - left) / width}%`,
      top: `${100 * box.y0 / height}%`, height: `${100 * (box.y1 - box.y0) / height}%` });
    figure.append(mark);
  }
}

function light(rows) { clear(); for (const row of rows) { row.classList.add("on"); if (figure) shade(row); } }

for (const sentence of document.querySelectorAll(".sentence")) {
  const ids = sentence.dataset.claims.split(" ").filter(Boolean);
  const rows = ids.map(id => document.querySelector(`tr[data-claim="${id}"]`)).filter(Boolean);
  for (const name of ["mouseenter", "focus"]) sentence.addEventListener(name, () => { light(rows); sentence.classList.add("on"); });
  for (const name of ["mouseleave", "blur"]) sentence.addEventListener(name, clear);
}
for (const row of document.querySelectorAll("tr[data-claim]")) {
  for (const name of ["mouseenter", "focus"]) row.addEventListener(name, () => light([row]));
  for (const name of ["mouseleave", "blur"]) row.addEventListener(name, clear);
}

const review = document.getElementById("review");
if (review) {
  const name = document.getElementById("reviewer"), editor = document.getElementById("editor"), text = document.getElementById("text");
  const edit = document.getElementById("edit");
  if (!name.value) name.value = localStorage.getItem("reviewer") || "";
  review.addEventListener("submit", () => localStorage.setItem("reviewer", name.value));
  const open = on => { editor.hidden = !on; edit.setAttribute("aria-expanded", String(on)); if (on) text.focus(); };
  edit.addEventListener("click", () => open(editor.hidden));
  text.addEventListener("keydown", event => {
    if (event.key === "Enter" && event.ctrlKey) document.getElementById("save").click();
    if (event.key === "Escape") { open(false); edit.focus(); }
  });
}
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const go = { j: "after", k: "before" }[event.key];
  const target = go ? document.getElementById(go) : review && /^[aeru]$/.test(event.key) && review.querySelector(`[data-key="${event.key}"]`);
  if (target) { event.preventDefault(); target.click(); }
});
const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(() => location.reload(), 1000 * Number(waiting.dataset.refresh));

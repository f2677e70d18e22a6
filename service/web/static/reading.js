// Ties sentences, claims and places on the figure together, and keeps the editor of a review.
"use strict";
document.documentElement.classList.add("js");
const LEAST = 4; // pixels of the figure: a narrower mark would not be seen
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
    const left = Math.min(x(Number(row.dataset.start)), box.x1 - LEAST), right = Math.max(x(Number(row.dataset.end)), left + LEAST);
    const mark = document.createElement("div");
    mark.className = `shade ${row.className}`;
    Object.assign(mark.style, { left: `${100 * left / width}%`, width: `${100 * (right - left) / width}%`,
      top: `${100 * box.y0 / height}%`, height: `${100 * (box.y1 - box.y0) / height}%` });
    figure.append(mark);
  }
}

function light(rows) { clear(); for (const row of rows) { if (figure) shade(row); row.classList.add("on"); } }

const split = text => text.split(" ").filter(Boolean);
// The table rows of claims; a biological reading stands for those it rests on.
const rowsOf = ids => ids.flatMap(id => {
  const one = document.querySelector(`[data-claim="${id}"]`);
  return !one ? [] : one.matches(".rule") ? rowsOf(split(one.dataset.rests)) : [one];
});

for (const sentence of document.querySelectorAll(".sentence")) {
  const rows = rowsOf(split(sentence.dataset.claims));
  for (const name of ["mouseenter", "focus"]) sentence.addEventListener(name, () => { light(rows); sentence.classList.add("on"); });
  for (const name of ["mouseleave", "blur"]) sentence.addEventListener(name, clear);
}
for (const row of document.querySelectorAll("tr[data-claim]")) {
  const sentences = document.querySelectorAll(`.sentence[data-claims~="${row.dataset.claim}"]`);
  for (const name of ["mouseenter", "focus"]) row.addEventListener(name, () => { light([row]); sentences.forEach(one => one.classList.add("on")); });
  for (const name of ["mouseleave", "blur"]) row.addEventListener(name, clear);
}

for (const rule of document.querySelectorAll(".rule")) {
  const rows = rowsOf([rule.dataset.claim]);
  for (const name of ["mouseenter", "focus"]) rule.addEventListener(name, () => { light(rows); rule.classList.add("on"); });
  for (const name of ["mouseleave", "blur"]) rule.addEventListener(name, clear);
}

if (document.getElementById("review")) {
  const editor = document.getElementById("editor"), text = document.getElementById("text");
  editor.addEventListener("toggle", () => { if (editor.open) text.focus(); });
  text.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) document.getElementById("save").click();
    if (event.key === "Escape") { editor.open = false; editor.querySelector("summary").focus(); }
  });
  document.getElementById("help").addEventListener("click", () => document.getElementById("keys").showModal());
}

const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(() => location.reload(), 1000 * Number(waiting.dataset.refresh));

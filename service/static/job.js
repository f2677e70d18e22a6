// Keeps progress and gallery up to date while a job runs.
"use strict";
const progress = document.getElementById("progress");
const job = progress.dataset.job, lang = progress.dataset.lang;
const over = state => state === "done" || state === "cancelled";

async function refreshCards() {
  for (const card of document.querySelectorAll(".card")) {
    if (["done", "failed", "cancelled"].includes(card.dataset.status)) continue;
    const answer = await fetch(`/jobs/${job}/card/${card.dataset.id}?lang=${lang}`);
    if (!answer.ok) continue;
    const box = document.createElement("template");
    box.innerHTML = await answer.text();
    const fresh = box.content.querySelector(".card");
    if (fresh.dataset.status !== card.dataset.status) card.replaceWith(fresh);
  }
}

function show(found) {
  const c = found.counts;
  progress.querySelector("progress").value = c.done + c.failed + c.cancelled;
  let text = `${c.done} of ${c.total} read`;
  if (c.failed) text += `, ${c.failed} failed`;
  if (c.cancelled) text += `, ${c.cancelled} cancelled`;
  if (found.seconds_left) text += `, about ${Math.max(1, Math.round(found.seconds_left))} s left`;
  document.getElementById("counts").textContent = text;
}

async function tick() {
  try {
    const found = await (await fetch(`/api/v1/jobs/${job}`)).json();
    show(found);
    await refreshCards();
    if (over(found.state)) { location.reload(); return; }
  } catch { /* the server is away for a moment: ask again */ }
  setTimeout(tick, 1000);
}
if (!over(progress.dataset.state)) tick();

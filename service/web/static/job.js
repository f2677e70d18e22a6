// Keeps progress and gallery up to date while a job runs: fetches what changes, swaps in what differs.
"use strict";
document.documentElement.classList.add("js");
const EVERY = 1000, HIDDEN = 5000, SLOWEST = 10000;
const title = document.title;
const lost = document.getElementById("lost");
let wait = EVERY;

const live = () => document.getElementById("live");
const running = () => live().dataset.running === "1";

function swap(old, fresh) {
  if (old.outerHTML === fresh.outerHTML) return;
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const place = held && [...old.querySelectorAll("a, button")].indexOf(held);
  old.replaceWith(fresh);
  if (held) [...fresh.querySelectorAll("a, button")][place]?.focus();
}

function swapCards(old, fresh) {
  const ids = gallery => [...gallery.children].map(card => card.id).join();
  if (ids(old) !== ids(fresh)) { old.replaceWith(fresh); return; }
  [...fresh.children].forEach((card, n) => {
    if (card.dataset.version !== old.children[n].dataset.version) swap(old.children[n], card);
  });
}

function show(fresh) {
  for (const id of ["state", "filters", "pages"]) swap(document.getElementById(id), fresh.querySelector(`#${id}`));
  document.getElementById("empty")?.remove();
  const empty = fresh.querySelector("#empty");
  if (empty) document.getElementById("pages").before(empty);
  swapCards(document.getElementById("gallery"), fresh.querySelector("#gallery"));
  Object.assign(live().dataset, fresh.dataset);
  document.title = running() ? `(${fresh.dataset.ended}/${fresh.dataset.total}) ${title}` : title;
}

async function tick() {
  try {
    const address = new URL(location.href);
    address.searchParams.set("part", "live");
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    show(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live"));
    lost.hidden = true;
    wait = document.hidden ? HIDDEN : EVERY;
  } catch {
    lost.hidden = false;
    wait = Math.min(2 * wait, SLOWEST);
  }
  if (running()) setTimeout(tick, wait); else lost.hidden = true;
}
if (running()) setTimeout(tick, EVERY);

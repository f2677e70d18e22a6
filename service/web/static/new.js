// Uploads each chosen file at once, with its own progress, and fills the table of tracks. Without this script the
// files travel with the form, and the buttons of the table send it.
"use strict";
document.documentElement.classList.add("js");
const MOST_AT_ONCE = 2; // uploads: more would only share the same line
const LOOK_EVERY = 700; // ms between looks at a file that is being checked
const form = document.getElementById("new-form"), table = document.getElementById("tracks"), body = table.tBodies[0];
const input = document.getElementById("files"), drop = document.getElementById("drop");
const loci = document.getElementById("loci"), count = document.getElementById("count"), busy = document.getElementById("busy");
const queue = [];
let sending = 0, pending = 0;

function countLoci() {
  const lines = loci.value.split("\n").filter(line => line.trim() && !/^(#|track|browser)/.test(line)).length;
  count.textContent = lines ? `${lines} ${lines === 1 ? "locus" : "loci"}.` : "";
}

function say(text) { document.getElementById("said").textContent = text; }

function tally(change) {
  pending += change;
  document.getElementById("submit").disabled = pending > 0;
  busy.textContent = pending ? `${pending} file${pending > 1 ? "s are" : " is"} on the way ...` : "";
  table.hidden = !body.rows.length;
  remember();
}

// The address keeps the ids of the uploads, so that a reload does not lose them.
function remember() {
  const address = new URL(location.href);
  address.pathname = form.getAttribute("action");
  for (const name of ["file_id", "copy"]) address.searchParams.delete(name);
  for (const one of body.querySelectorAll("input[name=file_id]")) if (one.value) address.searchParams.append("file_id", one.value);
  history.replaceState(null, "", address);
}

function newRow(name) {
  const row = document.getElementById("row").content.firstElementChild.cloneNode(true);
  for (const one of row.querySelectorAll("[aria-label]")) one.setAttribute("aria-label", one.getAttribute("aria-label").replace("this file", () => name));
  row.querySelector(".name").textContent = name;
  for (const one of row.querySelectorAll("input, select")) one.disabled = true;
  body.append(row);
  return row;
}

function fill(row, file) {
  if ([...body.rows].some(other => other !== row && other.dataset.id === file.id)) {
    say(`${file.name} is already in the table.`);
    row.remove();
    return;
  }
  row.dataset.id = file.id;
  for (const one of row.querySelectorAll("input, select")) one.disabled = false;
  row.querySelector("[name=file_id]").value = file.id;
  for (const name of ["label", "assay", "sample", "strand"]) row.querySelector(`[name=${name}]`).value = file.guess[name] || "";
  for (const name of ["condition", "replicate"]) if (file.guess[name]) row.querySelector(`[name=${name}]`).placeholder = file.guess[name];
  row.querySelector(".what").textContent = file.recognised;
  for (const note of [file.note, ...file.warnings].filter(Boolean)) {
    const line = document.createElement("p");
    line.className = "file note";
    line.textContent = note;
    row.querySelector(".file").after(line);
  }
  say(`${file.name}: ${file.recognised}`);
}

function refuse(row, message) {
  row.classList.add("bad");
  const cell = row.cells[1];
  cell.colSpan = 3;
  row.cells[3].remove();
  row.cells[2].remove();
  for (const one of row.cells[0].querySelectorAll("*")) one.remove();
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = message;
  cell.querySelectorAll("input, details, .sub, .what, progress").forEach(one => one.remove());
  cell.append(line);
}

function progress(row, share, text) {
  const what = row.querySelector(".what");
  if (!what.querySelector("progress")) what.replaceChildren(document.createElement("span"), document.createElement("progress"));
  what.querySelector("span").textContent = text;
  const bar = what.querySelector("progress");
  bar.setAttribute("aria-label", text);
  if (share === null) bar.removeAttribute("value"); else bar.value = share;
}

async function settle(row, file) {
  while (file.state === "uploaded" || file.state === "preparing") {
    progress(row, file.progress || null, file.progress ? `checking, ${Math.round(100 * file.progress)} %` : "checking");
    await new Promise(done => setTimeout(done, LOOK_EVERY));
    if (!row.isConnected) return;
    file = await (await fetch(`/api/v1/files/${file.id}`)).json();
  }
  if (file.state === "failed") refuse(row, file.error); else fill(row, file);
}

function send(row, file) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest(), parts = new FormData();
    parts.append("file", file);
    request.upload.addEventListener("progress", event => progress(row, event.loaded / event.total, `sending, ${Math.floor(100 * event.loaded / event.total)} %`));
    request.addEventListener("error", () => fail(new Error("The upload did not arrive. Is the server still there?")));
    request.addEventListener("abort", () => done(null));
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* no JSON: the status says it */ }
      if (answer && answer.id) done(answer);
      else fail(new Error(answer && answer.error ? answer.error.message : `The server refused this file (status ${request.status}).`));
    });
    row.abort = () => request.abort();
    request.open("POST", "/api/v1/files?wait=0");
    request.send(parts);
  });
}

async function next() {
  if (sending >= MOST_AT_ONCE || !queue.length) return;
  const [row, file] = queue.shift();
  sending += 1;
  try {
    const answer = row.isConnected ? await send(row, file) : null;
    if (answer && row.isConnected) settle(row, answer).catch(() => refuse(row, "The server went away while it checked this file.")).finally(() => tally(-1));
    else tally(-1);
  } catch (error) {
    refuse(row, `${file.name}: ${error.message}`.replace(`${file.name}: ${file.name}`, () => file.name));
    tally(-1);
  }
  sending -= 1;
  next();
}

function upload(file) {
  const row = newRow(file.name);
  tally(1);
  const most = Number(form.dataset.most);
  if (file.size > most) {
    refuse(row, `${file.name} has ${Math.ceil(file.size / 1e6).toLocaleString("en")} MB; this server takes at most ${Math.floor(most / 1e6).toLocaleString("en")} MB a file.`);
    tally(-1);
    return;
  }
  progress(row, 0, "waiting");
  queue.push([row, file]);
  next();
}

function move(row, place) {
  place(row);
  for (const one of body.querySelectorAll(".moved")) one.classList.remove("moved");
  row.classList.add("moved");
  say(`${row.querySelector(".name").textContent} is now track ${row.sectionRowIndex + 1} of ${body.rows.length}.`);
  remember();
}

body.addEventListener("click", event => {
  const button = event.target.closest("button[name=do]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("tr"), act = button.value.split(" ")[0];
  const above = row.previousElementSibling, below = row.nextElementSibling;
  if (act === "up" && above) move(row, one => above.before(one));
  if (act === "down" && below) move(row, one => below.after(one));
  if (act === "remove") { row.remove(); row.abort?.(); tally(0); (below || above || input).querySelector?.("button[value^=remove]")?.focus(); } else button.focus();
});

let dragged = null;
body.addEventListener("dragstart", event => {
  dragged = event.target.closest("tr");
  dragged.classList.add("moving");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  event.dataTransfer.setDragImage(dragged, 20, 20);
});
body.addEventListener("dragover", event => {
  const row = event.target.closest("tr");
  if (!dragged || !row) return;
  event.preventDefault();
  if (row === dragged) return;
  const box = row.getBoundingClientRect();
  move(dragged, one => (event.clientY < box.top + box.height / 2 ? row.before(one) : row.after(one)));
});
body.addEventListener("dragend", () => { dragged?.classList.remove("moving"); dragged = null; });

input.addEventListener("change", () => { for (const file of input.files) upload(file); input.value = ""; });
for (const name of ["dragover", "dragleave", "drop"]) drop.addEventListener(name, event => {
  if (dragged) return;
  event.preventDefault();
  drop.classList.toggle("over", name === "dragover");
  if (name === "drop") for (const file of event.dataTransfer.files) upload(file);
});
loci.addEventListener("input", countLoci);
form.addEventListener("submit", () => { for (const row of body.querySelectorAll("tr.bad")) row.remove(); });

const sets = document.getElementById("track_set");
sets?.addEventListener("change", () => {
  const line = document.getElementById("set-tracks"), chosen = sets.selectedOptions[0];
  line.textContent = chosen.value ? `${chosen.dataset.tracks}. ` : "";
  if (!chosen.value) return;
  const link = document.createElement("a");
  link.href = `?copy=${encodeURIComponent(chosen.value)}`;
  link.textContent = "Change these tracks";
  line.append(link);
});
countLoci();
tally(0);

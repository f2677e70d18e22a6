// Uploads each chosen file at once, with its own progress, and fills the table of tracks.
"use strict";
const input = document.getElementById("files"), drop = document.getElementById("drop"), form = document.getElementById("new-form");
const loci = document.getElementById("loci"), count = document.getElementById("count"), busy = document.getElementById("busy");
let running = 0;

function countLoci() {
  const lines = loci.value.split("\n").filter(line => line.trim() && !/^(#|track|browser)/.test(line)).length;
  count.textContent = lines ? `${lines} ${lines === 1 ? "locus" : "loci"}.` : "";
}
loci.addEventListener("input", countLoci);
countLoci();

function cell(row, text) { const td = row.insertCell(); td.textContent = text; return td; }

function field(td, name, value, label) {
  const box = document.createElement("input");
  box.name = name; box.value = value || ""; box.setAttribute("aria-label", label);
  td.append(box);
}

function button(td, text, title, act) {
  const made = document.createElement("button");
  made.type = "button"; made.textContent = text; made.title = title; made.setAttribute("aria-label", title);
  made.addEventListener("click", act); td.append(made, " ");
}

function addMoves(row, name) {
  const td = row.querySelector(".moves");
  button(td, "↑", `Move ${name} up`, () => row.previousElementSibling && row.previousElementSibling.before(row));
  button(td, "↓", `Move ${name} down`, () => row.nextElementSibling && row.nextElementSibling.after(row));
  button(td, "×", `Remove ${name}`, () => row.remove());
}

function fill(row, file) {
  row.dataset.id = file.id;
  const id = document.createElement("input");
  id.type = "hidden"; id.name = "file_id"; id.value = file.id;
  row.cells[0].append(id);
  row.cells[1].textContent = file.note || `${file.format} (${file.kind})`;
  field(row.cells[2], "label", file.guess.label, `Label of ${file.name}`);
  field(row.cells[3], "assay", file.guess.assay, `Assay of ${file.name}`);
  field(row.cells[4], "sample", file.guess.sample, `Sample of ${file.name}`);
}

function refuse(row, message) {
  row.classList.add("bad");
  while (row.cells.length > 2) row.deleteCell(2);
  row.cells[1].textContent = message;
  row.cells[1].setAttribute("role", "alert");
  row.cells[1].colSpan = 4;
  row.insertCell().className = "moves";
  button(row.querySelector(".moves"), "×", "Remove this line", () => row.remove());
}

async function poll(row, file) {
  while (file.state === "uploaded" || file.state === "preparing") {
    row.cells[1].textContent = `checking ... ${Math.round(100 * file.progress)} %`;
    await new Promise(done => setTimeout(done, 700));
    file = await (await fetch(`/api/v1/files/${file.id}`)).json();
  }
  if (file.state === "failed") refuse(row, file.error); else fill(row, file);
}

function upload(file) {
  const table = document.getElementById("tracks");
  table.hidden = false;
  const row = table.tBodies[0].insertRow();
  cell(row, file.name).className = "name";
  cell(row, "waiting");
  for (let n = 0; n < 3; n++) row.insertCell();
  row.insertCell().className = "moves";
  addMoves(row, file.name);
  const bar = document.createElement("progress");
  bar.max = file.size || 1; bar.value = 0; bar.setAttribute("aria-label", `Upload of ${file.name}`);
  row.cells[1].replaceChildren(bar);
  const body = new FormData();
  body.append("file", file);
  const request = new XMLHttpRequest();
  state(1);
  request.upload.addEventListener("progress", event => { bar.value = event.loaded; });
  request.addEventListener("loadend", () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* no JSON: the message below stands */ }
    const work = request.status === 201 || request.status === 202 ? poll(row, answer)
      : refuse(row, answer.error ? answer.error.message : "The upload did not arrive. Is the server still there?");
    Promise.resolve(work).catch(() => refuse(row, "The server went away while it checked this file.")).finally(() => state(-1));
  });
  request.open("POST", "/api/v1/files?wait=2");
  request.send(body);
}

function state(change) {
  running += change;
  document.getElementById("submit").disabled = running > 0;
  busy.textContent = running ? `${running} file${running > 1 ? "s" : ""} on the way ...` : "";
}

if (input) {
  input.addEventListener("change", () => { for (const file of input.files) upload(file); input.value = ""; });
  for (const name of ["dragover", "dragleave", "drop"]) drop.addEventListener(name, event => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") for (const file of event.dataTransfer.files) upload(file);
  });
  for (const row of document.querySelectorAll("#tracks tbody tr")) addMoves(row, row.cells[0].textContent.trim());
}
form.addEventListener("submit", () => { for (const row of document.querySelectorAll("#tracks tr.bad")) row.remove(); });

// Keys of a reading's page. It stands in the page's head and is not deferred: a key works as soon as there is something
// to see, and what is pressed before the page is whole is done when it is.
"use strict";
const KEYS = "?jkaeru", GO = { j: "after", k: "before" };
const whole = new Promise(done => document.addEventListener("DOMContentLoaded", done));

function act(key) {
  if (key === "?") document.getElementById("keys")?.showModal();
  else if (GO[key]) document.getElementById(GO[key])?.click();
  else document.querySelector(`#review [data-key="${key}"]`)?.click();
}

document.addEventListener("keydown", event => {
  const typing = event.target.matches("textarea, select, input:not([type=checkbox])");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || document.getElementById("keys")?.open) return;
  if (event.key.length > 1 || !KEYS.includes(event.key)) return;
  event.preventDefault();
  whole.then(() => act(event.key));
});

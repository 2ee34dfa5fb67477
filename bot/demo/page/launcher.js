// The launcher: who you are, where you look, and what the real service says. No framework, one request at a time.
import { stepsOf, LEADS, DEPLOYMENTS } from "./steps.js";

const $ = (id) => document.getElementById(id);
const world = await (await fetch("/world.json")).json();
const KEPT = 5;
const seen = new Map();
const threads = new Map();
const recent = new Set();
let me = world.people[0];
let view = "start";
let place = world.channels[0];
let live = null;

function element(tag, props = {}, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
const portrait = (person, size) => element("img", { src: `/portraits/${person.id}.png`, alt: "", width: size, height: size });
const person = (id) => world.people.find((each) => each.id === id);
const pathOf = (who, where) => `/as/${who.id}/${where}/`;

// Copying

function copyButton(text) {
  const button = element("button", { type: "button", className: "copy", textContent: text });
  button.addEventListener("click", () => copy(button, text));
  return button;
}
async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.classList.add("done");
    say("Copied");
    setTimeout(() => button.classList.remove("done"), 1500);
  } catch {
    getSelection().selectAllChildren(button);
    say("Selected: copy it with the keyboard");
  }
}
function say(text) {
  $("toast").textContent = text;
  $("toast").classList.add("on");
  setTimeout(() => $("toast").classList.remove("on"), 1500);
}

// Rail

function placeButton(label, sign, onPress) {
  const button = element("button", { type: "button", className: "place" }, sign, element("span", { textContent: label }));
  button.addEventListener("click", onPress);
  return button;
}
for (const name of world.channels) {
  const sign = element("span", { className: "sign", textContent: "#" });
  const button = placeButton(name, sign, () => go(me.id, name));
  button.dataset.place = name;
  $("channels").append(button);
}
for (const who of world.people) {
  const button = placeButton(`To ${who.name}`, portrait(who, 20), () => go(who.id, world.messages));
  button.dataset.place = world.messages;
  button.dataset.who = who.id;
  $("messages").append(button);

  const chip = element("button", { type: "button", className: "person" }, portrait(who, 32),
    element("span", {}, who.name, element("small", { textContent: `${who.part} · ${who.horde}` })));
  chip.style.setProperty("--tint", who.colour);
  chip.dataset.who = who.id;
  chip.addEventListener("click", () => go(who.id, place));
  $("people").append(chip);
}
function showThread(where, name) {
  if (threads.has(where)) return;
  threads.set(where, name);
  const button = placeButton(name, element("span", { className: "sign", textContent: "↳" }), () => go(me.id, where));
  button.dataset.place = where;
  $("channels").append(button);
  draw();
}
const nameOf = (where) => threads.get(where) ?? where;
for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => open(button.dataset.view));
$("acting-key").addEventListener("click", () => copy($("acting-key"), me.key));

function open(name) { location.hash = `/${name}`; }
function go(who, where) { location.hash = `/${who}/${where}`; }

function route() {
  const left = view === "discord" ? pathOf(me, place) : null;
  const [first, second] = location.hash.replace(/^#\//, "").split("/");
  const who = person(first);
  if (who) { me = who; place = second || world.channels[0]; view = "discord"; } else view = first === "live" ? "live" : "start";
  draw();
  readNews(left).catch(() => {}); // the beat says it when the demo has ended
}

function draw() {
  for (const name of ["start", "live", "discord"]) $(`view-${name}`).hidden = view !== name;
  for (const button of document.querySelectorAll(".place")) {
    const { view: ofView, place: ofPlace, who } = button.dataset;
    const here = ofView ? view === ofView : view === "discord" && place === ofPlace && (!who || who === me.id);
    button.toggleAttribute("aria-current", here);
    if (here) button.setAttribute("aria-current", "page");
    button.classList.toggle("other", Boolean(who) && who !== me.id);
  }
  showPlace();
  for (const chip of document.querySelectorAll(".person")) chip.setAttribute("aria-pressed", String(chip.dataset.who === me.id));
  document.documentElement.style.setProperty("--me", me.colour);
  $("acting-portrait").src = `/portraits/${me.id}.png`;
  $("acting-name").textContent = `You are ${me.name}`;
  $("acting-part").textContent = `${me.part} · ${me.horde} on AI-Horde`;
  $("acting-key").textContent = me.key;
  if (view === "discord") showStage();
  if (view === "live") readLive();
  const title = { start: "Start here", live: "Live reference", discord: `${me.name} · ${nameOf(place)}` }[view];
  document.title = `${title} · Horde Curator demo`;
}

// On a phone the places lie in a row that is wider than the screen.
function showPlace() {
  document.querySelector(".place[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
addEventListener("resize", showPlace);

function showStage() {
  const path = pathOf(me, place);
  let found = null;
  for (const frame of $("stages").children) {
    frame.hidden = frame.dataset.path !== path;
    if (!frame.hidden) found = frame;
  }
  if (!found) {
    found = element("iframe", { src: `${path}#${world.capability}`, title: `${nameOf(place)} as ${me.name}`, name: `${me.id}-${place}` });
    found.dataset.path = path;
  }
  // Newest last; the pages used least recently are closed, because each costs the simulation work.
  $("stages").append(...(found.isConnected ? [] : [found]));
  recent.delete(path);
  recent.add(path);
  for (const old of [...recent].slice(0, -KEPT)) {
    recent.delete(old);
    [...$("stages").children].find((frame) => frame.dataset.path === old)?.remove();
  }
}

// A link to a message of the simulated Discord opens its channel here instead of the real Discord.
addEventListener("message", async (event) => {
  if (event.origin !== location.origin) return;
  const id = event.data?.thread ?? event.data?.discord?.split("/")[5];
  if (!id) return;
  if (!world.channel_ids[id]) await readNews(); // a new thread
  const name = world.channel_ids[id] ?? (threads.has(`thread-${id}`) ? `thread-${id}` : null);
  if (name) go(me.id, name);
});

// Marks for what is new

async function readNews(left = null) {
  const { newest: news, threads: found } = await (await fetch("/news.json")).json();
  found.forEach(({ id, name }) => showThread(`thread-${id}`, name));
  const current = view === "discord" ? pathOf(me, place) : null;
  for (const [path, newest] of Object.entries(news)) if (!seen.has(path) || path === current || path === left) seen.set(path, newest);
  for (const button of document.querySelectorAll(".place[data-place]")) {
    const path = pathOf(button.dataset.who ? person(button.dataset.who) : me, button.dataset.place);
    const isNew = news[path] !== seen.get(path);
    button.querySelector(".news")?.remove();
    if (isNew) button.append(element("span", { className: "news", title: "New here" }));
  }
}

// Live reference

for (const { value, name } of world.categories) $("live-category").append(element("option", { value, textContent: name }));
$("live-category").addEventListener("change", readLive);
$("pause").addEventListener("click", () => pause());

async function pause() {
  const answer = await fetch("/pause", { method: "POST" });
  if (!answer.ok) return;
  say("Stopped. Press a button in a channel, and see what the bot says.");
  await readLive();
}

let isStopped = false;
async function readLive() {
  const answer = await fetch(`/live.json?category=${encodeURIComponent($("live-category").value || world.categories[0].value)}`);
  const fresh = await answer.json();
  const wasStopped = isStopped;
  isStopped = !answer.ok;
  $("pause").disabled = fresh.problem === "paused";
  if (isStopped) {
    $("live-mode").textContent = fresh.problem === "paused"
      ? `The service is stopped for ${fresh.seconds} s more. Press a button in a channel, and see what the bot says.`
      : "The service does not answer.";
    return;
  }
  const changed = JSON.stringify(fresh) !== JSON.stringify(live);
  live = fresh;
  if (changed || wasStopped) { drawLive(); markSteps(); }
}
function drawLive() {
  $("live-mode").textContent = `It runs as ${live.mode}, canonical format ${live.canonical_format}, ${live.writable ? "writable" : "read-only"}.`;
  $("live-address").textContent = live.address;
  $("live-address").href = live.address;
  $("live-models").replaceChildren(...live.models.map((model) => element("li", { className: model.is_new ? "is-new" : "" },
    model.is_new ? element("span", { className: "badge", textContent: "new" }) : null,
    element("strong", { textContent: model.name }),
    element("small", { textContent: model.about.join(" · ") }),
    element("p", { textContent: model.description }),
    model.is_new ? element("a", { href: model.link, target: "_blank", rel: "noreferrer", textContent: "As the service gives it" }) : null)));
  if (!live.models.length) $("live-models").append(element("li", { className: "empty", textContent: "No model of this kind yet." }));
  const changes = live.changes;
  $("live-counts").textContent = Object.entries(live.counts).map(([state, count]) => `${count} ${state}`).join(" · ");
  $("live-changes").replaceChildren(...(changes ?? []).map((change) => element("li", {},
    element("strong", { textContent: `#${change.change_id} ${change.model_name}` }),
    element("small", { textContent: `${change.operation} · ${change.kind} · by ${change.requested_username ?? "?"}` }),
    element("span", { className: `state ${change.status}`, textContent: change.status }))));
  if (!changes) $("live-changes").append(element("li", { className: "empty", textContent: "A read-only copy keeps no queue." }));
  else if (!changes.length) $("live-changes").append(element("li", { className: "empty", textContent: "Nothing has been proposed yet." }));
}

// Start here

function goButton(who, where, label) {
  const button = element("button", { type: "button", className: "go" }, portrait(who, 22), label);
  button.addEventListener("click", () => go(who.id, where));
  return button;
}
function stepItem(step, index) {
  const body = element("div", { className: "step" }, element("h3", { textContent: step.title }), element("p", { textContent: step.text }));
  const does = element("div", { className: "does" });
  if (step.who) does.append(goButton(person(step.who), step.where, `Be ${person(step.who).name} in ${step.where === world.messages ? "the messages" : `#${step.where}`}`));
  if (step.view) {
    const button = element("button", { type: "button", className: "go", textContent: "Open the live reference" });
    button.addEventListener("click", () => open(step.view));
    does.append(button);
  }
  if (step.pause) {
    const button = element("button", { type: "button", className: "go", textContent: "Stop the service for a minute" });
    button.addEventListener("click", pause);
    does.append(button);
  }
  if (step.also) does.append(goButton(person(step.also.who), step.also.where, step.also.label));
  for (const text of step.copies ?? []) does.append(copyButton(text));
  if (step.key) does.append(copyButton(person(step.key).key));
  body.append(does);
  if (step.fields) {
    const list = element("dl", { className: "fields" });
    for (const [name, value] of step.fields) list.append(element("dt", { textContent: name }), element("dd", {}, value.startsWith("choose ") ? value : copyButton(value)));
    body.append(list);
  }
  const item = element("li", {}, element("span", { className: "dot", textContent: String(index + 1) }), body);
  item.step = step;
  return item;
}
function drawStart() {
  const duties = {
    rita: "Knows models, not JSON. May propose changes.",
    abe: "Reviews on a phone as often as not. May approve, reject and apply. Runs the server.",
    cora: "The second approver, for when two should look.",
    dave: "Has an account but no role in the queue.",
  };
  const cast = element("div", { className: "cast" }, ...world.people.map((who) => element("section", { className: "card" },
    element("div", { className: "card-top" }, portrait(who, 44),
      element("p", {}, element("strong", { textContent: who.name }), element("span", { textContent: who.part }), element("span", { textContent: `${who.horde} on AI-Horde` }))),
    element("p", { textContent: duties[who.id] }), copyButton(who.key))));
  const steps = stepsOf(world.mode, world.lived_in);
  const [{ who, where }] = steps;
  $("view-start").replaceChildren(
    element("header", {}, element("h1", { textContent: "Curate the AI-Horde’s models without leaving the chat" }),
      element("p", { className: "first" }, "Press ", goButton(person(who), where, `Be ${person(who).name} in #${where}`), " and do what step 1 says."),
      ...LEADS[world.mode].map((text) => element("p", { className: "lead", textContent: text }))),
    element("ol", { className: "steps", id: "steps" }, ...steps.map(stepItem)),
    element("h2", { className: "cast-head", textContent: "The four people, and their AI-Horde accounts" }),
    cast,
    element("p", { className: "note" }, "To type a command, click the message box and begin with ", element("code", { textContent: "/" }),
      ". Switch people at any time: each has an own view, and private answers are shown only to their person."));
}
function markSteps() {
  for (const item of $("steps").children) {
    const done = item.step.done?.(live?.new_counts) ?? false;
    item.classList.toggle("is-done", done);
    item.querySelector(".dot").textContent = done ? "✓" : String([...$("steps").children].indexOf(item) + 1);
  }
}

// One beat for everything that is read again and again

let isAway = false;
async function beat() {
  try {
    if (!document.hidden) {
      await readNews();
      if (view !== "discord") await readLive();
    }
    isAway = false;
  } catch { isAway = true; }
  $("gone").hidden = !isAway;
  setTimeout(beat, 2000);
}

$("deployment").textContent = DEPLOYMENTS[world.mode];
drawStart();
addEventListener("hashchange", route);
route();
beat();

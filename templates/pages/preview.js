"use strict";
// Follows the file: each save has a number, which the server sends as soon as the issue is rendered. A frame is replaced
// only once its successor has been drawn and stands where the old one stood, so that nothing flickers or jumps.

const byId = (id) => document.getElementById(id);
const panes = [...document.querySelectorAll(".pane")];
const remembered = (key, fallback) => {
  try { return localStorage.getItem(key) ?? fallback; } catch { return fallback; }
};
const remember = (key, value) => {
  try { localStorage.setItem(key, value); } catch { /* private windows have no memory */ }
};

let scale = Number(remembered("coranto-scale", "1")) || 1;
const hidden = new Set(remembered("coranto-hidden", "").split(" ").filter(Boolean));
let current = { number: 0, problems: [] };
let busy = false;
let again = false;
let newest = 0;

for (const pane of panes) {
  const stage = document.createElement("div");
  stage.className = "stage";
  if (pane.dataset.kind !== "frame") {
    const text = document.createElement("pre");
    text.tabIndex = 0;
    if (pane.dataset.kind === "source") text.className = "source";
    stage.append(text);
  }
  pane.append(stage);
  const chip = document.createElement("button");
  chip.type = "button";
  chip.textContent = pane.querySelector("h2").firstChild.textContent.trim();
  chip.addEventListener("click", () => show(pane, pane.hidden));
  byId("chips").append(chip);
  pane.chip = chip;
}

for (const button of document.querySelectorAll("[data-scale]")) {
  button.addEventListener("click", () => {
    scale = Number(button.dataset.scale);
    remember("coranto-scale", String(scale));
    layOut();
  });
}

// A pane that comes back is brought up to date; one that goes is not drawn any more.
function show(pane, visible) {
  hidden[visible ? "delete" : "add"](pane.dataset.view);
  remember("coranto-hidden", [...hidden].join(" "));
  layOut();
  if (visible) {
    draw(pane, current);
    pane.scrollIntoView({ inline: "nearest", block: "nearest" });
  }
}

// On a narrow screen every view is as wide as that.
const NARROW = matchMedia("(max-width: 900px)");

function scaleOf(pane) {
  const border = pane.dataset.view === "phone" ? 16 : 0;
  const width = Number(pane.dataset.width);
  const least = pane.dataset.kind === "frame" ? scale : Math.max(scale, 0.85);
  return NARROW.matches ? Math.min(least, (innerWidth - 40 - border) / width) : least;
}

function layOut() {
  for (const pane of panes) {
    pane.hidden = hidden.has(pane.dataset.view);
    pane.chip.setAttribute("aria-pressed", String(!pane.hidden));
    const border = pane.dataset.view === "phone" ? 16 : 0;
    const width = Number(pane.dataset.width);
    const scaled = scaleOf(pane);
    pane.style.width = `${width * scaled + border}px`;
    for (const frame of pane.querySelectorAll("iframe")) fit(frame, width, scaled);
  }
  for (const button of document.querySelectorAll("[data-scale]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.scale) === scale));
  }
}

function fit(frame, width, scaled) {
  frame.style.width = `${width}px`;
  frame.style.height = `${100 / scaled}%`;
  frame.style.transform = `scale(${scaled})`;
}

// The frame's content cannot run anything; this page may look at it, to keep its place.
function drawFrame(pane, state) {
  return new Promise((done) => {
    const stage = pane.querySelector(".stage");
    for (const late of stage.querySelectorAll("iframe.next")) late.remove();
    const before = stage.querySelector("iframe");
    const frame = document.createElement("iframe");
    frame.title = pane.querySelector("h2").textContent;
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.className = "next";
    fit(frame, Number(pane.dataset.width), scaleOf(pane));
    frame.addEventListener("load", () => {
      const page = frame.contentDocument;
      if (before && before.contentWindow) frame.contentWindow.scrollTo(0, before.contentWindow.scrollY);
      page.addEventListener("click", (event) => {
        const link = event.target.closest("a[href]");
        if (!link) return;
        event.preventDefault();
        window.open(link.href, "_blank", "noopener,noreferrer");
      });
      frame.classList.remove("next");
      if (before) before.remove();
      done();
    }, { once: true });
    frame.src = `/view/${pane.dataset.view}?${state.number}`;
    stage.append(frame);
  });
}

function drawText(pane, text) {
  const box = pane.querySelector("pre");
  const [left, top] = [box.scrollLeft, box.scrollTop];
  box.textContent = text;
  box.scrollTo(left, top);
}

function drawSource(pane, state) {
  const box = pane.querySelector("pre");
  const top = box.scrollTop;
  const told = new Set(state.problems.map((problem) => problem.line));
  const lines = state.source.replace(/\r\n?/g, "\n").split("\n").map((line, index) => {
    const row = document.createElement("span");
    row.textContent = line;
    row.classList.toggle("told", told.has(index + 1));
    return row;
  });
  box.replaceChildren(...lines);
  box.scrollTop = top;
}

function draw(pane, state) {
  if (pane.hidden || !state.number) return Promise.resolve();
  switch (pane.dataset.kind) {
    case "frame": return drawFrame(pane, state);
    case "source": drawSource(pane, state); break;
    default: drawText(pane, state[pane.dataset.view]);
  }
  return Promise.resolve();
}

// What an editor looks at comes first.
function isInView(pane) {
  const [box, track] = [pane.getBoundingClientRect(), byId("track").getBoundingClientRect()];
  return box.right > track.left && box.left < track.right;
}

function goTo(problem) {
  const pane = panes.find((pane) => pane.dataset.view === "source");
  if (pane.hidden) show(pane, true);
  pane.scrollIntoView({ inline: "nearest", block: "nearest" });
  const lines = pane.querySelectorAll("pre > span");
  for (const line of lines) line.classList.remove("here");
  const line = lines[problem.line - 1];
  if (!line) return;
  line.classList.add("here");
  const box = pane.querySelector("pre");
  box.scrollTop = line.offsetTop - box.clientHeight / 3;
}

// What stands between backticks is code.
function write(element, text) {
  element.replaceChildren(...text.split("`").map((piece, index) => {
    if (index % 2 === 0) return piece;
    const code = document.createElement("code");
    code.textContent = piece;
    return code;
  }));
}

function part(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  write(element, text);
  return element;
}

function tell(state) {
  const bad = state.problems.filter((problem) => problem.severity === "error").length;
  const hints = state.problems.length - bad;
  const verdict = byId("verdict");
  const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const standing = {
    draft: "Draft", unqueued: "Not queued", held: "Held", queued: "Queued", other: "Older text queued", over: "Over",
  }[state.place];
  const open = state.place !== "queued" && state.place !== "over";
  verdict.className = `pill ${bad ? "bad" : hints || open ? "warn" : "good"}`;
  const said = [standing, bad && `${bad} to fix`, hints && counted(hints, "hint")];
  verdict.textContent = said.filter(Boolean).join(" · ");
  byId("queued").hidden = state.queued === "";
  byId("queued").textContent = state.queued;
  byId("outlook").hidden = state.outlook === "";
  write(byId("outlook"), state.outlook);
  const items = state.problems.map((problem) => {
    const item = document.createElement("li");
    const button = part("button", problem.severity === "error" ? "bad" : "", "");
    button.type = "button";
    const where = part("span", "where", "");
    where.append(part("b", "", problem.code), part("span", "", `${problem.line}:${problem.column}`));
    button.append(where, part("span", "", problem.message));
    if (problem.hint) button.append(part("span", "hint", problem.hint));
    button.addEventListener("click", () => goTo(problem));
    item.append(button);
    return item;
  });
  if (!items.length) items.push(part("li", "none", "Nothing to fix"));
  byId("problems").replaceChildren(...items);
}

function describe(state) {
  document.title = `${state.title || "Preview"} – preview`;
  byId("title").textContent = state.title || "Preview";
  byId("file").textContent = state.file;
  byId("from").textContent = state.from;
  byId("avatar").textContent = [...(state.from || "?")][0];
  byId("date").textContent = state.date;
  byId("subject").textContent = state.subject;
  byId("preheader").textContent = state.preheader;
  byId("stale").hidden = !state.stale;
  const minutes = Math.max(1, Math.round(state.words / 230));
  const size = (bytes) => `${Math.ceil(bytes / 1024)} KB`;
  const facts = [
    ["Words", state.words ? `${state.words.toLocaleString("en")} · ${minutes} min` : "none"],
    ["HTML", `${size(state.html_bytes)} of 102 KB`],
    ["Whole email", size(state.bytes)],
  ];
  byId("facts").replaceChildren(...facts.flatMap(([name, value]) => [part("dt", "", name), part("dd", "", value)]));
}

async function refresh(number) {
  newest = number;
  if (busy) { again = true; return; }
  busy = true;
  do {
    again = false;
    try {
      // The frames do not wait for the rest.
      const inView = panes.filter(isInView);
      const isFrame = (pane) => pane.dataset.kind === "frame";
      const frames = inView.filter(isFrame).map((pane) => draw(pane, { number: newest }));
      const state = await (await fetch("/state")).json();
      current = state;
      tell(state);
      describe(state);
      const others = inView.filter((pane) => !isFrame(pane)).map((pane) => draw(pane, state));
      await Promise.all([...frames, ...others]);
      document.documentElement.dataset.shown = String(state.number);
      await Promise.all(panes.filter((pane) => !inView.includes(pane)).map((pane) => draw(pane, state)));
    } catch {
      // The server has ended, or ends: the stream of events says so.
    }
  } while (again);
  busy = false;
}

addEventListener("resize", layOut);
layOut();
const events = new EventSource("/events");
events.addEventListener("message", (event) => refresh(Number(event.data)));
events.addEventListener("open", () => { byId("lost").hidden = true; });
events.addEventListener("error", () => { byId("lost").hidden = false; });

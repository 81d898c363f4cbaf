// The head of the page and the four tiles.
const tiles = [
  { key: "open", title: "Open connections" },
  { key: "new", title: "New connections" },
  { key: "bytes", title: "Throughput", lines: 2 },
  { key: "rejected", title: "Rejected" },
];

function makeTiles() {
  for (const tile of tiles) {
    tile.value = make("p", { class: "value" }, "–");
    tile.note = make("p", { class: "note" });
    tile.spark = makeSpark(tile.lines);
    $("tiles").append(make("article", { class: "tile" }, make("h2", {}, tile.title), tile.value, tile.note, tile.spark));
  }
}

function showTile(key, value, unit, note, ...shown) {
  const tile = tiles.find(tile => tile.key === key);
  const text = value + " " + unit;
  if (tile.value.textContent !== text) tile.value.replaceChildren(value, " ", make("small", {}, unit));
  say(tile.note, note);
  drawSpark(tile.spark, ...shown);
}

/** @param state What the gateway says; @param rates What has changed per second, of all listeners together. */
function showTiles(state, rates) {
  const { used, capacity } = state.live.connections;
  showTile("open", count(used), "", `${percent(capacity ? used / capacity : 0)} of ${count(capacity)}`, remember("open", used));
  showTile("new", rate(rates.accepted), "/s", `${count(rates.total.accepted)} since the start`, remember("new", rates.accepted));
  showTile("bytes", bytes(rates.bytesIn + rates.bytesOut), "/s", `${perSecond(rates.bytesIn)} in, ${perSecond(rates.bytesOut)} out`,
    remember("in", rates.bytesIn), remember("out", rates.bytesOut));
  showTile("rejected", rate(rates.rejected), "/s", `${count(rates.total.rejected)} since the start`, remember("rejected", rates.rejected));
}

let shownState = "";

/** The state in one word; a change of it is announced. */
function showState(level, text, banner) {
  mark($("state"), level);
  say($("state"), text);
  document.title = (level === "good" ? "" : text + " – ") + "EdgeGate";
  $("banner").hidden = !banner;
  mark($("banner"), level);
  say($("banner"), banner ?? "");
  if (shownState !== text) {
    if (shownState) announce(`${text}. ${banner ?? ""}`);
    shownState = text;
  }
}

function showHead(state) {
  say($("about"), `${state.version} · up ${age(state.uptime)} · process ${state.pid} · ${state.configuration}`);
  const tight = Object.entries(state.live)
    .map(([name, use]) => ({ name: words(name), share: use.capacity ? use.used / use.capacity : 0 }))
    .sort((a, b) => b.share - a.share)[0];
  const loud = Object.entries(state.overload ?? {}).filter(([, overload]) => isOverloaded(overload)).sort((a, b) => b[1].pressure - a[1].pressure)[0];
  const level = tight ? levelOf(tight.share) : "good";
  if (state.state !== "ready") showState("warn", "Draining", "The gateway accepts nothing new and ends when its connections have.");
  else if (loud) showState("bad", "Overloaded", `${words(loud[0])} at ${percent(loud[1].pressure)}: the gateway ${actions[loud[1].level] ?? words(loud[1].level)}.`);
  else if (level === "bad") showState("bad", "Nearly full", `${tight.name} at ${percent(tight.share)}: new connections ${tight.share < 1 ? "will soon wait or be" : "wait or are"} refused.`);
  else if (level === "warn") showState("warn", "Filling up", `${tight.name} at ${percent(tight.share)}.`);
  else if (!state.reloads.lastSucceeded) showState("warn", "Ready", "The last reload was refused, and the configuration before it serves on. 'edgegate reload' says why.");
  else showState("good", "Ready");
}

// What the gateway does on each level of overload; up to warn it does nothing but say so.
const actions = {
  close_idle: "closes idle keep-alive connections, the oldest first", stop_accepting: "lets new connections wait in the kernel's queue",
  reject: "refuses new connections", reset: "resets the connections that cost it most",
};

const isOverloaded = overload => overload !== undefined && !["none", "warn"].includes(overload.level);


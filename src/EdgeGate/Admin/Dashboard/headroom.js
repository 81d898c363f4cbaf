// What is used of each limit, how busy the loops are, and what the kernel counts.
let binding = "";

function makeBar() {
  const fill = make("i");
  const row = make("li", {}, make("span", { class: "name" }), make("span", { class: "bar", "aria-hidden": "true" }, fill), make("span", { class: "figures" }));
  row.fill = fill;
  return row;
}

function showBar(row, name, share, level, strong, rest) {
  mark(row, level);
  say(row.firstChild, name);
  row.fill.style.width = Math.min(100, share * 100).toFixed(1) + "%";
  if (row.lastChild.textContent !== strong + rest) row.lastChild.replaceChildren(make("b", {}, strong), rest);
}

// Bytes are counted in resources of memory, pieces everywhere else.
const amount = (name, number) => /memory|buffer/.test(name) ? bytes(number) : count(number);

// Of what is a share itself there is no more to say.
const figures = limit => limit.capacity <= 1 ? "" : ` · ${amount(limit.name, limit.used)} of ${amount(limit.name, limit.capacity)}`;

function showHeadroom(state) {
  const limits = Object.entries(state.live)
    .map(([name, use]) => ({ name, ...use, share: use.capacity ? use.used / use.capacity : 0, overload: state.overload?.[name] }))
    .sort((a, b) => b.share - a.share || a.name.localeCompare(b.name));
  keep($("headroom"), limits, limit => limit.name, makeBar, (row, limit) => {
    const level = isOverloaded(limit.overload) ? "bad" : levelOf(limit.share);
    const state = isOverloaded(limit.overload) ? ` · ${words(limit.overload.level)}` : "";
    showBar(row, words(limit.name), limit.share, level, percent(limit.share), `${figures(limit)}${state}`);
  });
  keep($("loops"), state.loops, loop => loop.index, makeBar, (row, loop) => {
    const busy = loop.utilization ?? 0;
    showBar(row, "loop " + loop.index, busy, levelOf(busy), percent(busy), ` busy · ${count(loop.connections)} open`);
  });
  showKernel(state.kernel);
}

function showKernel(kernel) {
  $("kernel").hidden = !kernel;
  const rows = Object.entries(kernel ?? {}).filter(([, value]) => typeof value === "number");
  keep($("kernel-counters"), rows.flatMap(([name, value]) => [{ name, tag: "dt" }, { name, tag: "dd", value }]), part => part.tag + part.name,
    part => make(part.tag), (element, part) => {
      say(element, part.tag === "dt" ? words(part.name) : count(part.value));
      if (part.tag === "dd") mark(element, slope("kernel" + part.name, part.value, 1) > 0 ? "bad" : "good");
    });
}

function showBinding(capacity) {
  binding = capacity.binding;
  say($("binding"), capacity.maxConnections === capacity.fits
    ? `${count(capacity.fits)} connections fit, bound by ${binding}`
    : `${count(capacity.maxConnections)} by configuration; ${count(capacity.fits)} would fit, bound by ${binding}`);
}


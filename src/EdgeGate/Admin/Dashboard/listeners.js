// The listeners, a row each.
function makeListener() {
  const row = make("tr");
  const cell = kind => row.appendChild(make("td", { class: kind ?? "" }));
  row.cells_ = {
    name: row.appendChild(make("th", { scope: "row", class: "row" })), address: cell("wide"), open: cell("number"), trend: cell("trend"),
    accepted: cell("number"), bytesIn: cell("number"), bytesOut: cell("number"), queue: cell("number wide"), rejected: cell("number wide"),
  };
  row.cells_.name.append(make("b"), make("span", { class: "sub" }));
  row.cells_.trend.append(makeSpark());
  return row;
}

/** Shows them, and adds their changes up. */
function showListeners(state, seconds) {
  const all = { accepted: 0, rejected: 0, bytesIn: 0, bytesOut: 0, total: { accepted: 0, rejected: 0 } };
  keep($("listeners").tBodies[0], state.listeners, listener => listener.name, makeListener, (row, listener) => {
    const change = key => slope(`${listener.name}.${key}`, listener[key], seconds);
    const rates = { accepted: change("accepted"), rejected: change("rejected"), bytesIn: change("bytesIn"), bytesOut: change("bytesOut") };
    for (const key of Object.keys(rates)) all[key] += rates[key];
    all.total.accepted += listener.accepted;
    all.total.rejected += listener.rejected;
    const cells = row.cells_;
    say(cells.name.children[0], listener.name);
    say(cells.name.children[1], listener.protocol);
    say(cells.address, listener.addresses.join(", "));
    say(cells.open, count(listener.active));
    drawSpark(cells.trend.firstChild, remember("listener " + listener.name, listener.active));
    say(cells.accepted, rate(rates.accepted));
    say(cells.bytesIn, perSecond(rates.bytesIn));
    say(cells.bytesOut, perSecond(rates.bytesOut));
    say(cells.queue, count(listener.queue));
    cells.queue.classList.toggle("warn-text", listener.queue > 0);
    say(cells.rejected, count(listener.rejected));
    cells.rejected.classList.toggle("bad-text", rates.rejected > 0);
  });
  return all;
}


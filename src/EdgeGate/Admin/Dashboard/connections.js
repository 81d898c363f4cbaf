// The table of connections. The gateway sorts, filters and cuts; this shows what it sends.
const columns = [
  { key: "id", title: "Id", kind: "wide" },
  { key: "listener", title: "Listener", kind: "wide" },
  { key: "source", title: "Client → upstream", kind: "ends" },
  { key: "state", title: "State", kind: "wide" },
  { key: "age", title: "Age", kind: "number wide", first: "descending" },
  { key: "idle", title: "Idle", kind: "number wide", first: "descending" },
  { key: "bytesIn", title: "In", kind: "number wide", first: "descending" },
  { key: "bytesOut", title: "Out", kind: "number wide", first: "descending" },
  { key: "rate", title: "Rate", kind: "number", first: "descending" },
  { key: "rtt", title: "RTT", kind: "number", first: "descending" },
  { key: "retransmits", title: "Retrans.", kind: "number wide", first: "descending" },
];

let sorted = { key: "rate", direction: "descending" };

function makeSorts() {
  for (const column of columns) {
    const button = make("button", { type: "button", onclick: () => sortBy(column) }, column.title);
    column.head = make("th", { scope: "col", class: column.kind ?? "" }, button);
    $("sorts").append(column.head);
  }

  $("sorts").append(make("th", { scope: "col" }, make("span", { class: "quiet" }, "End")));
  showSort();
}

function sortBy(column) {
  const other = { ascending: "descending", descending: "ascending" };
  sorted = { key: column.key, direction: sorted.key === column.key ? other[sorted.direction] : column.first ?? "ascending" };
  showSort();
  ask();
  announce(`Sorted by ${column.title}, ${sorted.direction}.`);
}

function showSort() {
  for (const column of columns) {
    if (column.key === sorted.key) column.head.setAttribute("aria-sort", sorted.direction);
    else column.head.removeAttribute("aria-sort");
  }
}

/** Asks the gateway for what is to be shown from now on. */
function ask() {
  feed.query = { sort: sorted.key, order: sorted.direction === "ascending" ? "asc" : "desc", limit: $("limit").value };
  if ($("find").value.trim()) feed.query.find = $("find").value.trim();
  if ($("listener").value) feed.query.listener = $("listener").value;
  isFresh = true;
  if ($("pause").getAttribute("aria-pressed") === "false") feed.restart();
}

function makeRow(connection) {
  const row = make("tr");
  row.cells_ = {};
  for (const column of columns) {
    row.cells_[column.key] = row.appendChild(make("td", { class: column.kind ?? "" }));
  }

  row.cells_.listener.append(make("b"), make("span", { class: "sub" }));
  row.cells_.source.append(make("b"), make("span", { class: "sub" }));
  row.cells_.state.append(make("span"), make("span", { class: "sub" }));
  row.end = make("button", { type: "button", class: "end", "aria-label": `End connection ${connection.id} from ${connection.source}` }, "End");
  row.end.addEventListener("click", () => askToKill(row.connection));
  row.append(make("td", {}, row.end));
  return row;
}

function showRow(row, connection) {
  const cells = row.cells_;
  row.connection = connection;
  row.classList.remove("gone");
  row.end.disabled = false;
  say(cells.id, String(connection.id));
  say(cells.listener.children[0], connection.listener);
  say(cells.listener.children[1], protocolOf(connection));
  say(cells.source.children[0], connection.source);
  say(cells.source.children[1], "→ " + ([connection.sni, connection.destination].filter(Boolean).join(" · ") || "by request"));
  say(cells.state.children[0], connection.state);
  say(cells.state.children[1], detailOf(connection));
  say(cells.age, age(connection.age));
  say(cells.idle, age(connection.idle));
  say(cells.bytesIn, bytes(connection.bytesIn));
  say(cells.bytesOut, bytes(connection.bytesOut));
  say(cells.rate, connection.rateIn === undefined ? "–" : perSecond(connection.rateIn + connection.rateOut));
  say(cells.rtt, connection.rtt === undefined ? "–" : latency(connection.rtt));
  say(cells.retransmits, connection.retransmits === undefined ? "–" : count(connection.retransmits));
  cells.retransmits.classList.toggle("warn-text", connection.retransmits > 0);
}

// What only some connections have.
const protocolOf = connection => [connection.applicationProtocol ?? connection.protocol, connection.tlsVersion && "TLS " + connection.tlsVersion].filter(Boolean).join(" · ");
const detailOf = connection => [
  connection.requests > 0 ? `${count(connection.requests)} requests` : "", connection.streams > 1 ? `${count(connection.streams)} streams` : "",
  connection.notSentBytes > 0 ? `${bytes(connection.notSentBytes)} unsent` : "",
].filter(Boolean).join(" · ");

let isFresh = true;
const isHeld = () => !isFresh && ($("rows").tBodies[0].matches(":hover") || $("rows").tBodies[0].contains(document.activeElement));

/**
 * Shows them. While one points at the table, or has the focus in it, its rows stay where they are: a row that moves under
 * the pointer ends the wrong connection.
 */
function showConnections({ total, matching, rows }) {
  const body = $("rows").tBodies[0];
  if (isHeld()) {
    const byId = new Map(rows.map(connection => [connection.id, connection]));
    for (const row of body.rows) {
      const connection = byId.get(row.connection.id);
      if (connection) showRow(row, connection);
      else row.classList.add("gone");
    }
  } else {
    keep(body, rows, connection => connection.id, makeRow, showRow);
  }

  isFresh = false;
  const shown = rows.length < matching ? `${count(rows.length)} of ` : "";
  say($("connections-note"), matching === total ? `${shown}${count(total)} open` : `${shown}${count(matching)} that match, ${count(total)} open`);
  $("no-rows").hidden = body.rows.length > 0;
  say($("no-rows"), total === 0 ? "Nobody is connected." : "No connection matches.");
}

function showListenerChoice(listeners) {
  const names = listeners.map(listener => listener.name);
  const select = $("listener");
  if (names.join() === [...select.options].slice(1).map(option => option.value).join()) return;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...names.map(name => make("option", { value: name }, name)));
  select.value = names.includes(chosen) ? chosen : "";
}

let victim = null;

function askToKill(connection) {
  victim = connection;
  say($("kill-what"), `Connection ${connection.id} of ${connection.listener}, from ${connection.source}${connection.destination ? " to " + connection.destination : ""}, open for ${age(connection.age)}.`);
  $("kill").showModal();
  $("kill-no").focus();
}

async function kill() {
  $("kill").close();
  try {
    const answer = await feed.request("DELETE", "connections/" + victim.id);
    announce(answer.ok ? `Connection ${victim.id} was reset.` : (await answer.json()).detail);
    if (!answer.ok && answer.status !== 404) showState("bad", "Refused", (await answer.clone().json()).detail);
  } catch {
    announce("The gateway does not answer.");
  }
}


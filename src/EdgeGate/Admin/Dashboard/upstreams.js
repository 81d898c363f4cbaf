// The clusters and their destinations, a row for each destination.
function makeDestination() {
  const row = make("tr");
  const cell = kind => row.appendChild(make("td", { class: kind ?? "" }));
  row.cells_ = {
    cluster: row.appendChild(make("th", { scope: "row", class: "row" })), destination: cell(), health: cell(), active: cell("number"),
    trend: cell("trend"), failures: cell("number wide"),
  };
  row.cells_.cluster.append(make("b"), make("span", { class: "sub" }));
  row.cells_.destination.append(make("b"), make("span", { class: "sub" }));
  row.cells_.health.append(make("span", { class: "health" }));
  row.cells_.trend.append(makeSpark());
  return row;
}

function showUpstreams(state) {
  const rows = state.clusters.flatMap(cluster => cluster.destinations.map(destination => ({ cluster, destination })));
  keep($("upstreams").tBodies[0], rows, row => `${row.cluster.id} ${row.destination.id}`, makeDestination, (element, { cluster, destination }) => {
    const cells = element.cells_;
    say(cells.cluster.children[0], cluster.id);
    say(cells.cluster.children[1], cluster.queue?.length ? `${count(cluster.queue.length)} waiting for a place` : cluster.layer === 4 ? "relayed" : "HTTP");
    say(cells.destination.children[0], destination.id);
    say(cells.destination.children[1], destination.address);
    say(cells.health.firstChild, healthOf(destination));
    mark(cells.health.firstChild, !destination.available ? "bad" : isProbed(destination) ? "good" : "idle");
    say(cells.active, destination.maximum === undefined ? count(destination.active) : `${count(destination.active)} of ${count(destination.maximum)}`);
    drawSpark(cells.trend.firstChild, remember(`destination ${cluster.id} ${destination.id}`, destination.active));
    say(cells.failures, destination.failures === undefined ? "–" : count(destination.failures));
    cells.failures.classList.toggle("bad-text", destination.failures > 0);
  });
  const down = rows.filter(row => !row.destination.available).length;
  say($("upstreams-note"), rows.length === 0 ? "none" : down === 0 ? `${count(rows.length)} available` : `${count(down)} of ${count(rows.length)} not available`);
  $("upstreams-note").classList.toggle("bad-text", down > 0);
}

const isProbed = destination => destination.health.active === "healthy" || destination.health.passive === "healthy";

function healthOf(destination) {
  if (destination.available) return isProbed(destination) ? "healthy" : "available";
  const failing = ["active", "passive"].filter(kind => destination.health[kind] === "unhealthy");
  return failing.length === 0 ? "not available" : `unhealthy (${failing.map(kind => kind === "active" ? "probes" : "traffic").join(", ")})`;
}


// What happens when.
let taken = 0;

feed.handlers = {
  plan({ capacity, findings }) {
    showBinding(capacity);
    showFindings(findings);
  },

  state(state) {
    const now = performance.now();
    const seconds = taken ? (now - taken) / 1000 : 0;
    taken = now;
    showHead(state);
    showTiles(state, showListeners(state, seconds));
    showHeadroom(state);
    showUpstreams(state);
    showListenerChoice(state.listeners);
  },

  connections: showConnections,

  lost(why, seconds) {
    taken = 0;
    counters.clear();
    showState("bad", "No answer", `${why}. What stands here is old; asking again in ${seconds} s.`);
  },

  login(isWrong) {
    $("login-wrong").hidden = !isWrong;
    if (!$("login").open) $("login").showModal();
  },
};

function pause() {
  const paused = $("pause").getAttribute("aria-pressed") === "false";
  $("pause").setAttribute("aria-pressed", String(paused));
  say($("pause"), paused ? "Go on" : "Pause");
  if (paused) {
    feed.stop();
    showState("idle", "Paused");
  } else {
    taken = 0;
    counters.clear();
    feed.restart();
  }
}

let typing;
$("find").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(ask, 250);
});
$("tools").addEventListener("submit", event => {
  event.preventDefault();
  ask();
});
$("listener").addEventListener("change", ask);
$("limit").addEventListener("change", ask);
$("pause").addEventListener("click", pause);
$("kill-no").addEventListener("click", () => $("kill").close());
$("kill-yes").addEventListener("click", kill);
$("login").addEventListener("cancel", event => event.preventDefault());
$("login").querySelector("form").addEventListener("submit", event => {
  event.preventDefault();
  feed.token = $("token").value.trim();
  sessionStorage.setItem("edgegate-token", feed.token);
  $("login").close();
  feed.restart();
});

makeTiles();
makeSorts();
ask();

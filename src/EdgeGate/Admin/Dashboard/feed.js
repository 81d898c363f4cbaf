// The gateway's events. They are read by fetch, as an EventSource cannot bear a token.
const feed = {
  query: { sort: "rate", limit: "100" },
  handlers: {},
  token: sessionStorage.getItem("edgegate-token"),
  abort: null,
  retry: 0,

  /** Begins anew, as when the query has changed. */
  restart() {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.run();
  },

  stop() {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.abort = null;
  },

  request(method, path, signal) {
    return fetch(path, { method, signal, cache: "no-store", headers: this.token ? { Authorization: "Bearer " + this.token } : {} });
  },

  async run() {
    const abort = this.abort = new AbortController();
    let why = "The gateway has ended the stream";
    try {
      const answer = await this.request("GET", "events?" + new URLSearchParams(this.query), abort.signal);
      if (answer.status === 401) {
        this.handlers.login(this.token !== null);
        return;
      }

      if (answer.ok) await this.read(answer.body.getReader());
      else why = (await answer.json()).detail;
    } catch (error) {
      if (abort.signal.aborted) return;
      why = "The gateway does not answer";
    }

    if (abort.signal.aborted) return;
    this.retry = Math.min(this.retry + 1, 5);
    this.handlers.lost(why, this.retry);
    this.timer = setTimeout(() => this.run(), this.retry * 1000);
  },

  async read(reader) {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        this.take(text.slice(0, end));
      }
    }
  },

  take(event) {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event);
    this.retry = 0;
    this.handlers[name](JSON.parse(data));
  },
};


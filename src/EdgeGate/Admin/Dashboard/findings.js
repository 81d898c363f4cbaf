// What edgegate check says of this machine and this configuration, the gravest first.
const levels = { error: "bad", warning: "warn", info: "idle" };
const kinds = { tuning: "settings are not what the tuning file asks for" };

let shownFindings = "";

function showFindings(findings) {
  const text = JSON.stringify(findings);
  if (text === shownFindings) return; // what one has opened stays open
  shownFindings = text;
  const number = severity => findings.filter(finding => finding.severity === severity).length;
  const counts = ["error", "warning", "info"].map(severity => [severity, number(severity)]).filter(([, some]) => some > 0)
    .map(([severity, some]) => `${some} ${severity}${some > 1 && severity !== "info" ? "s" : ""}`);
  say($("findings-note"), counts.join(", "));
  $("findings").replaceChildren(...grouped(findings).map(group => group.length > 1 ? makeGroup(group) : makeFinding(group[0])));
  if (findings.length === 0) {
    $("findings").append(make("li", { class: "all-good" }, "Nothing to mend: the machine holds what the configuration promises."));
  }
}

/** Findings of one kind and severity come together: "tuning:net.core.somaxconn" is of the kind "tuning". */
function grouped(findings) {
  const groups = new Map();
  for (const finding of findings) {
    const kind = finding.id.split(":")[0];
    const key = kind in kinds ? `${finding.severity} ${kind}` : finding.id + groups.size;
    groups.set(key, [...groups.get(key) ?? [], finding]);
  }

  return [...groups.values()];
}

const tagOf = severity => make("span", { class: "tag", "data-level": levels[severity] }, severity);

function makeFinding(finding) {
  const details = make("details", {}, make("summary", {}, tagOf(finding.severity), make("span", {}, finding.title)), describe(finding));
  details.open = finding.severity === "error";
  return make("li", {}, details);
}

function makeGroup(group) {
  const [{ id, severity }] = group;
  const list = make("ul", { class: "findings" }, ...group.map(finding =>
    make("li", {}, make("details", {}, make("summary", {}, make("span", {}, finding.id.slice(finding.id.indexOf(":") + 1))), describe(finding)))));
  const remedies = group.map(finding => finding.remedy).filter(Boolean).join("\n");
  return make("li", {}, make("details", {},
    make("summary", {}, tagOf(severity), make("span", {}, `${group.length} ${kinds[id.split(":")[0]]}`)),
    make("div", { class: "group" }, list, ...copier(remedies, "Copy all remedies"))));
}

function describe(finding) {
  const list = make("dl");
  const add = (term, ...content) => list.append(make("dt", {}, term), make("dd", {}, ...content));
  add("Found", finding.found);
  if (finding.wanted) add("Wanted", finding.wanted);
  add("Symptom", finding.symptom);
  if (finding.remedy) add("Remedy", make("code", {}, finding.remedy), ...copier(finding.remedy, "Copy the remedy"));
  return list;
}

/** A button that copies, where the browser lets a page copy: over https, and on loopback. */
function copier(text, title) {
  if (!navigator.clipboard || !text) return [];
  const button = make("button", { type: "button" }, title);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    say(button, "Copied");
    announce("Copied.");
  });
  return [button];
}


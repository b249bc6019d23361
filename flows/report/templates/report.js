"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// Text becomes text nodes only, never markup.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}
const quiet = (text) => element("div", { class: "quiet" }, text);
const record = (row) => row.source + (row.record ? ` record ${row.record}` : "");
const headline = (row) => row.title || "(no headline)";
const share = (value) => (value === null || value === undefined ? "–" : value.toFixed(2));

// A list of buttons of which one is open; `open` shows what belongs to it.
function fill(list, rows, describe, open) {
  list.replaceChildren();
  rows.forEach((row) => {
    const button = element("button", { type: "button" }, ...describe(row));
    button.addEventListener("click", () => {
      for (const other of list.children) other.removeAttribute("aria-current");
      button.setAttribute("aria-current", "true");
      open(row);
    });
    list.append(button);
  });
  if (rows.length) list.firstElementChild.click();
}

// The reader.
const uncertain = (row) => row.claims.some((claim) => claim[0] === "unsure");
// The least sure first; what was not published has no confidence and comes last.
const order = (row) => (row.confidence === null ? 2 : row.confidence);
const articles = [...data.reader.articles].sort((a, b) => order(a) - order(b));

function describeClaim([reason, rule, score, size]) {
  const done = reason === "unsure" ? "suspected, not cut" : `cut as ${reason}`;
  return `${done} by ${rule}, score ${score.toFixed(2)}, ${size} characters`;
}

function showArticle(row) {
  const text = element("p", { class: "text", dir: "auto" });
  const told = element("p", { id: "told", class: "quiet" }, "Point at a marked span, or tap it, to see its rule.");
  for (const [part, owner] of row.parts) {
    if (owner < 0) {
      text.append(part);
      continue;
    }
    const claim = row.claims[owner];
    const kind = claim[0] === "unsure" ? "" : "cut ";
    const span = element("mark", { class: `${kind}r-${claim[0]}`, title: describeClaim(claim), tabindex: "0", "data-score": claim[2] }, part);
    for (const event of ["click", "focus"]) span.addEventListener(event, () => (told.textContent = describeClaim(claim)));
    text.append(span);
  }
  const about = [record(row), row.site, row.published, row.fate, `${row.words} words published`, row.confidence !== null && `confidence ${share(row.confidence)}`];
  const reasons = [...new Set(row.claims.map((claim) => claim[0]))];
  const keys = reasons.flatMap((reason) => [element("span", { class: `key r-${reason}` }), `${reason} `]);
  byId("article").replaceChildren(
    element("h3", { dir: "auto" }, headline(row)),
    quiet(about.filter(Boolean).join(" · ")),
    element("div", { class: "quiet" }, ...keys),
    text,
    row.claims.length ? told : quiet("Nothing was cut."),
  );
  const [worst] = [...text.querySelectorAll("mark")].sort((a, b) => a.dataset.score - b.dataset.score);
  byId("article").scrollTop = worst ? worst.offsetTop - byId("article").clientHeight / 3 : 0;
}

function search() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const only = byId("only").value;
  const rows = articles.filter((row) => {
    const where = `${row.title || ""} ${record(row)} ${row.site || ""}`.toLowerCase();
    const has = !only || row.claims.some((claim) => claim[0] === only);
    return has && words.every((word) => where.includes(word));
  });
  byId("found").textContent = `${rows.length} of ${articles.length}`;
  byId("article").replaceChildren();
  const certainty = (row) =>
    (row.confidence === null ? "" : `confidence ${share(row.confidence)}, `) +
    (row.lowest === null ? "no cut" : `lowest score ${share(row.lowest)}`) +
    (uncertain(row) ? ", suspicions" : "");
  fill(byId("list"), rows, (row) => [headline(row), quiet(`${certainty(row)} · ${record(row)}`)], showArticle);
  if (!rows.length) byId("list").append(element("p", { class: "quiet" }, "No article shown here has these words in its title, source or site."));
}
for (const reason of [...new Set(articles.flatMap((row) => row.claims.map((claim) => claim[0])))].sort()) {
  if (reason !== "unsure") byId("only").append(element("option", { value: reason }, `with cuts: ${reason}`));
}
byId("find").addEventListener("input", search);
byId("only").addEventListener("change", search);
document.querySelector(".search").addEventListener("submit", (event) => event.preventDefault());
search();

// Pairs.
function side(row, parts, own) {
  const text = element("p", { class: "text", dir: "auto" });
  for (const [where, part] of parts) {
    if (where === "both") text.append(element("span", { class: "same" }, part), " ");
    else if (where === own) text.append(element("mark", {}, part), " ");
  }
  return element("div", { class: own }, element("h4", { dir: "auto" }, headline(row)), quiet(`${record(row)} · ${row.words} words`), text);
}

function pairView(row) {
  const figures = [`verdict ${row.verdict}`, `share ${share(row.containment)}`, `Jaccard ${share(row.jaccard)}`];
  for (const name of ["ratio", "conflict", "quoted"]) if (row[name] !== null && row[name] !== undefined) figures.push(`${name} ${share(row[name])}`);
  if (row.keep_reason) figures.push(`the right one is kept: ${row.keep_reason}`);
  return [quiet(figures.join(" · ")), element("div", { class: "sides" }, side(row.left, row.parts, "left"), side(row.right, row.parts, "right"))];
}

function showPairs(kind) {
  for (const button of document.querySelectorAll("[data-pairs]")) button.setAttribute("aria-pressed", String(button.dataset.pairs === kind));
  const rows = data.pairs[kind];
  byId("pair").replaceChildren(rows.length ? "" : quiet("There are none."));
  fill(byId("pairlist"), rows, (row) => [headline(row.left), quiet(`${row.verdict}, share ${share(row.containment)} · ${record(row.left)}`)], (row) => {
    byId("pair").replaceChildren(...pairView(row));
    byId("pair").scrollTop = 0;
  });
}
for (const button of document.querySelectorAll("[data-pairs]")) button.addEventListener("click", () => showPairs(button.dataset.pairs));
showPairs(data.pairs.merged.length ? "merged" : "apart");

// The review.
const ANSWERS = { r: "right", w: "wrong", u: "unsure" };
const items = data.review.items;
const verdicts = new Map();
let at = 0;
let saved = true;

function showItem() {
  const item = items[at];
  const box = byId("item");
  if (!item) {
    box.replaceChildren(quiet("There is nothing to review."));
    return;
  }
  const shown = item.left
    ? pairView(item)
    : [
        quiet(`${headline(item)} · ${record(item)}`),
        element("p", { class: "text", dir: "auto" }, item.before, element("mark", { class: "judge" }, item.text), item.after),
      ];
  box.replaceChildren(element("h3", {}, item.question), ...shown);
  box.scrollTop = 0;
  const verdict = verdicts.get(at);
  for (const [key, answer] of Object.entries(ANSWERS)) document.querySelector(`[data-key="${key}"]`).setAttribute("aria-pressed", String(verdict === answer));
  byId("judged").textContent = `${at + 1} of ${items.length}; ${verdicts.size} judged${saved ? "" : ", not saved"}`;
}

// What a verdict is about: the span or the pair, as the tables have it.
function judged([index, verdict]) {
  const { kind, seen, id, source, record, reason, rule, score, start, end, text, left, right, verdict: found } = items[index];
  const side = ({ id, source, record }) => ({ id, source, record });
  return { kind, verdict, seen, ...(left ? { left: side(left), right: side(right), found } : { id, source, record, reason, rule, score, start, end, text }) };
}

function save() {
  const verdictsInOrder = [...verdicts].sort((a, b) => a[0] - b[0]).map(judged);
  const content = {
    format: "winnow-verdicts-2",
    run_id: data.run.run_id,
    settings_fingerprint: data.settings_fingerprint,
    strata: data.review.strata,
    shown: items.length,
    verdicts: verdictsInOrder,
  };
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = element("a", { href: url, download: `winnow-verdicts-${data.run.run_id}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  saved = true;
  showItem();
}

function press(key) {
  if (ANSWERS[key] && items.length) {
    verdicts.set(at, ANSWERS[key]);
    saved = false;
  }
  if (key === "b") at = Math.max(0, at - 1);
  else if (key === "s") return save();
  else at = Math.min(items.length - 1, at + 1);
  return showItem();
}
for (const button of document.querySelectorAll("[data-key]")) button.addEventListener("click", () => press(button.dataset.key));
document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !"rwunbs".includes(event.key)) return;
  press(event.key);
});
addEventListener("beforeunload", (event) => {
  if (!saved) event.preventDefault();
});
showItem();

// The look-up: each key stroke asks for clauses, a pause for the answer. Only the latest request counts: older ones are
// aborted, and an answer that comes all the same is dropped. A composition (Pinyin) asks for nothing before it is done.
"use strict";
(() => {
  const PAUSE = 350, LINGER = 120; // ms until the answer is asked for, until neighbours are
  const id = (name) => document.getElementById(name);
  const [box, list, state, detail, pinList] = ["box", "list", "state", "detail", "pins"].map(id);
  const filters = { region: id("region"), level: id("level"), kind: id("kind"), as_of: id("as-of"), any_day: id("any-day") };
  const documentBox = id("document");

  let turn = 0; // of the latest request; what belongs to an older one is dropped
  let live = null, asking = null; // AbortControllers
  let pause = 0, linger = 0;
  let hits = [];
  let asked = null; // {key, answer, kept}
  let chosen = 0; // 0 is the answer's card, then the hits
  let moved = false; // the clerk has chosen: what comes in does not choose for them
  let current = null; // {answer} or {passage, terms}
  let only = null; // the one document that is looked into
  const pins = new Map();
  const known = new Map(); // clauses with their neighbours
  let titles = null;

  const text = () => box.value.trim();
  const key = () => JSON.stringify([text(), filtered()]);

  function filtered() {
    return {
      document_id: only, region: filters.region.value, level: filters.level.value, kind: filters.kind.value,
      as_of: filters.as_of.value || null, any_day: filters.any_day.checked,
    };
  }

  function clear() {
    clearTimeout(pause);
    if (live) live.abort();
    if (asking) asking.abort();
    live = asking = null;
  }

  // ---- asking -------------------------------------------------------------------------------------------------------
  let last = "";
  function typed() {
    if (key() === last) return;
    last = key();
    clear();
    const now = ++turn;
    moved = false;
    asked = null;
    remember();
    if (!text()) {
      hits = [];
      render();
      return;
    }
    if (!call.id) call.begin().catch(call.tell);
    live = new AbortController();
    zhengwen.post("/hotline/search", { query: text(), ...filtered() }, { signal: live.signal }).then((told) => {
      if (now !== turn || asked) return;
      hits = told.hits;
      chosen = hits.length ? 1 : 0;
      render();
    }).catch((error) => failed(error, now));
    pause = setTimeout(() => ask(false).catch(() => {}), PAUSE);
  }

  // The product's own answer and order; `keep`: the clerk means this question, and it belongs to the call.
  async function ask(keep) {
    clear();
    const wanted = key();
    if (!text()) return null;
    const now = ++turn;
    const question = text();
    asking = new AbortController();
    state.textContent = "";
    try {
      if (keep) await call.begin();
      const told = await zhengwen.post("/hotline/ask", { query: question, ...filtered(), keep, call_id: call.id }, { signal: asking.signal });
      if (now !== turn) return null;
      asked = { key: wanted, answer: told.answer, kept: keep };
      hits = told.hits;
      if (told.call) call.adopt(told.call, true);
      if (!moved) chosen = 0;
      render();
      id("told").textContent = told.answer.heading + "，条款 " + hits.length + " 条";
      return asked;
    } catch (error) {
      failed(error, now);
      throw error;
    }
  }

  // What is shown is what the caller asked: before it is used, it becomes part of the call.
  async function settle() {
    if (!text() || (asked && asked.kept && asked.key === key())) return;
    if (!asked || asked.key !== key()) {
      await ask(true);
      return;
    }
    asked.kept = true;
    try {
      await call.begin();
      const told = await zhengwen.post("/hotline/ask", { query: text(), ...filtered(), keep: true, call_id: call.id });
      if (told.call) call.adopt(told.call, true);
    } catch (error) {
      asked.kept = false;
      throw error;
    }
  }

  function failed(error, now) {
    if (error.name === "AbortError" || now !== turn) return;
    state.textContent = error.message;
  }

  // The question stays in the address behind the #, which no browser sends to a server.
  function remember() {
    const hash = text() ? "#q=" + encodeURIComponent(text()) : location.pathname;
    history.replaceState(null, "", hash);
  }

  // ---- showing ------------------------------------------------------------------------------------------------------
  function rows() {
    return asked ? [{ answer: asked.answer }, ...hits] : [null, ...hits];
  }

  function render() {
    if (!text()) {
      list.replaceChildren();
      list.removeAttribute("aria-activedescendant");
      id("told").textContent = "";
      current = null;
      state.textContent = "";
      welcome();
      return;
    }
    const card = passages.card(asked && asked.answer, "停顿后给出答复……");
    const shown = hits.map((hit, n) => {
      const row = passages.hit(hit);
      row.id = "option-" + (n + 1);
      return row;
    });
    list.replaceChildren(card, ...shown);
    [...list.children].forEach((row, n) => {
      row.addEventListener("mousedown", () => choose(n, true));
      row.addEventListener("click", reveal);
    });
    state.textContent = hits.length ? "" : "没有找到条款，可换个说法，或放宽上方的筛选。";
    choose(Math.min(chosen, hits.length), false);
  }

  function choose(n, byHand) {
    const all = rows();
    if (n < 0 || n >= all.length || (n === 0 && !asked && hits.length)) return;
    chosen = n;
    moved = moved || byHand;
    [...list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === n)));
    const row = list.children[n];
    if (row) {
      list.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    }
    const entry = all[n];
    if (!entry) detail.replaceChildren();
    else if (entry.answer) showAnswer(entry.answer);
    else showPassage(entry, entry.matched);
  }

  // On a narrow screen what is chosen stands below the list, out of sight.
  function reveal() {
    if (window.matchMedia("(max-width: 60rem)").matches) detail.scrollIntoView({ block: "start" });
  }

  function showAnswer(answer) {
    current = { answer };
    detail.replaceChildren(acts(), passages.answer(answer, openClause, (question) => {
      box.value = question;
      ask(true).catch(() => {});
    }));
    detail.scrollTop = 0;
  }

  function showPassage(passage, terms) {
    const whole = known.get(passage.id);
    current = { passage: whole || passage, terms };
    detail.replaceChildren(acts(), passages.passage(current.passage, terms, openClause));
    detail.scrollTop = 0;
    clearTimeout(linger);
    if (!whole) linger = setTimeout(() => fetchClause(passage.id).then((told) => {
      if (current && current.passage && current.passage.id === told.id) showPassage(told, terms);
    }).catch(() => {}), LINGER);
  }

  function acts() {
    const line = passages.made("t-acts");
    if (current.answer) line.querySelectorAll("[data-key=p], [data-key=f]").forEach((each) => each.remove());
    return line;
  }

  async function fetchClause(clauseId) {
    if (!known.has(clauseId)) {
      const told = await zhengwen.ask("/hotline/clauses/" + clauseId.split("/").map(encodeURIComponent).join("/"));
      if (known.size > 500) known.clear();
      known.set(clauseId, told);
    }
    return known.get(clauseId);
  }

  function openClause(clauseId) {
    const terms = current && current.terms;
    moved = true;
    fetchClause(clauseId).then((told) => showPassage(told, terms)).catch((error) => zhengwen.toast(error.message, "bad"));
  }

  function welcome() {
    const note = passages.part("div", "work-welcome");
    note.append(
      passages.part("p", "", "输入第一个字即开始查询，通话同时计时。"),
      passages.part("p", "", "停顿后给出答复，与网页、微信上的相同；逐字引用，文件没写的直说“未载明”。"),
    );
    detail.replaceChildren(note);
  }

  // ---- using --------------------------------------------------------------------------------------------------------
  async function put(words) {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(words);
      return;
    }
    const area = passages.part("textarea", "unseen", words);
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("浏览器不允许复制，请用鼠标选中后复制。");
  }

  const named = () => current.answer
    ? ["answer", current.answer.id, ""]
    : ["clause", current.passage.id, current.passage.source];

  function using(how) {
    const [kind, name, title] = named();
    call.use(kind, name, how, title);
    settle().catch((error) => zhengwen.toast(error.message, "bad"));
  }

  async function copy() {
    if (!current) return;
    await put(current.answer ? passages.copiedAnswer(current.answer) : passages.copied(current.passage));
    zhengwen.toast("已复制：" + (current.answer ? "答复的引文和出处" : current.passage.source));
    using("copied");
  }

  async function copyPins() {
    if (!pins.size) return;
    await put([...pins.values()].map(passages.copied).join("\n"));
    zhengwen.toast("已复制 " + pins.size + " 条备用条款。");
    for (const each of pins.values()) call.use("clause", each.id, "copied", each.source);
  }

  async function speak() {
    if (!current) return;
    const words = current.answer
      ? current.answer.spoken || current.answer.text
      : (await fetchClause(current.passage.id)).spoken;
    id("aloud-text").textContent = words;
    id("aloud-source").textContent = current.answer ? current.answer.disclaimer : current.passage.source;
    id("aloud").showModal();
    call.say(words);
    using("spoken");
  }

  function pin() {
    if (!current || !current.passage) return;
    const { passage } = current;
    if (pins.delete(passage.id)) {
      showPins();
      return;
    }
    pins.set(passage.id, passage);
    using("pinned");
    showPins();
  }

  function showPins() {
    pinList.replaceChildren(...[...pins.values()].map((each) => passages.pin(each, () => openPin(each), () => {
      pins.delete(each.id);
      showPins();
    })));
    id("copy-pins").hidden = pins.size < 2;
  }

  function openPin(passage) {
    moved = true;
    showPassage(passage, []);
    list.focus();
    reveal();
  }

  function openOriginal() {
    const shown = current && (current.passage || quotesOf(current.answer)[0]);
    if (!shown) return;
    window.open(shown.url, "_blank", "noopener");
    call.use("clause", shown.id, "opened", shown.source);
    settle().catch((error) => zhengwen.toast(error.message, "bad"));
  }

  const quotesOf = (answer) => [...answer.blocks.flatMap((block) => block.quotes), ...answer.others];

  function onlyThis() {
    if (only) {
      narrow(null, "");
    } else if (current && current.passage) {
      narrow(current.passage.document_id, current.passage.title);
    }
    typed();
  }

  function narrow(documentId, title) {
    only = documentId;
    documentBox.value = title;
    documentBox.title = title;
    documentBox.classList.toggle("set", Boolean(documentId));
    documentBox.removeAttribute("aria-invalid");
  }

  function step(direction) {
    if (!current) return;
    if (current.answer) {
      const first = quotesOf(current.answer)[0];
      if (direction === "next" && first) openClause(first.id);
      return;
    }
    const beside = current.passage[direction];
    if (beside) openClause(beside.id);
  }

  // ---- the call -----------------------------------------------------------------------------------------------------
  function blank() {
    clear();
    turn += 1;
    box.value = "";
    last = "";
    hits = [];
    asked = null;
    pins.clear();
    showPins();
    narrow(null, "");
    remember();
    render();
    box.focus();
  }

  async function renew() {
    blank();
    await call.renew();
  }

  async function end(outcome) {
    if (!call.id) return;
    await settle();
    const told = await call.end(outcome);
    blank();
    if (told) zhengwen.toast("通话已结束：" + document.querySelector("[data-outcome='" + outcome + "']").textContent.replace(/^\s*\d\s*/, "").trim() + "，" + told.lasted);
  }

  async function gap() {
    const question = text() || id("question").value.trim();
    if (!question) {
      zhengwen.toast("请先输入来电问题。", "bad");
      return;
    }
    await settle();
    const told = await call.gap(question, only);
    zhengwen.toast("已登记缺口" + (told.department ? "，归口" + told.department : "") + "。按 2 以“未载明”结束通话。");
  }

  // ---- keys ---------------------------------------------------------------------------------------------------------
  const outcomes = [...document.querySelectorAll("[data-outcome]")];
  const deeds = {
    "/": () => { box.focus(); box.select(); },
    ArrowDown: () => choose(chosen + 1, true),
    ArrowUp: () => choose(chosen - 1, true),
    ArrowLeft: () => step("previous"),
    ArrowRight: () => step("next"),
    Enter: openOriginal,
    c: copy, C: copyPins, s: speak, p: pin, f: onlyThis, g: gap, n: renew,
    e: () => call.notes.focus(),
    "?": () => id("help").showModal(),
    Escape: () => box.focus(),
  };
  outcomes.forEach((button, n) => { deeds[String(n + 1)] = () => end(button.dataset.outcome); });

  function act(name) {
    return Promise.resolve().then(deeds[name]).catch((error) => {
      if (error.name !== "AbortError") zhengwen.toast(error.message, "bad");
    });
  }

  function toList() {
    list.focus();
    if (!asked && hits.length && chosen === 0) choose(1, true);
  }

  const writes = (element) => element.matches("input:not([type=checkbox]), textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const target = event.target;
    if (target === box) {
      if (event.key === "Enter") {
        event.preventDefault();
        ask(true).then(() => { if (document.activeElement === box) toList(); }).catch(() => {});
      } else if (event.key === "ArrowDown" || event.key === "Escape") {
        event.preventDefault();
        toList();
      }
      return;
    }
    if (writes(target)) {
      if (event.key === "Escape") {
        event.preventDefault();
        list.focus();
      }
      return;
    }
    // A button keeps its own Enter and space.
    if (event.key === "Enter" && target.closest("button, a")) return;
    if (!Object.hasOwn(deeds, event.key)) return;
    event.preventDefault();
    act(event.key);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (button) act(button.dataset.key);
    const outcome = event.target.closest("[data-outcome]");
    if (outcome) act(String(outcomes.indexOf(outcome) + 1));
  });

  // ---- the box and the filters --------------------------------------------------------------------------------------
  let composing = false;
  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; typed(); });
  box.addEventListener("input", (event) => { if (!composing && !event.isComposing) typed(); });
  id("seek").addEventListener("submit", (event) => event.preventDefault());
  for (const field of Object.values(filters)) {
    field.addEventListener("change", () => {
      field.classList.toggle("set", field.type === "checkbox" ? field.checked : Boolean(field.value));
      typed();
    });
  }

  documentBox.addEventListener("focus", () => {
    if (titles) return;
    titles = new Map();
    zhengwen.ask("/hotline/documents").then((told) => {
      for (const each of told.documents) {
        const name = titles.has(each.title) ? each.title + "（" + (each.number || each.id) + "）" : each.title;
        titles.set(name, each.id);
        const option = document.createElement("option");
        option.value = name;
        id("documents").append(option);
      }
    }).catch((error) => { titles = null; zhengwen.toast(error.message, "bad"); });
  });
  documentBox.addEventListener("change", () => {
    const title = documentBox.value.trim();
    const found = title ? (titles || new Map()).get(title) : null;
    narrow(found || null, title);
    if (title && !found) {
      documentBox.setAttribute("aria-invalid", "true");
      zhengwen.toast("没有叫这个名字的文件，请从列表中选择。", "bad");
    }
    typed();
  });

  const given = /^#q=(.*)$/.exec(location.hash);
  if (given) {
    try {
      box.value = decodeURIComponent(given[1]).slice(0, box.maxLength);
    } catch {
      box.value = "";
    }
  }
  if (text()) {
    last = key();
    ask(false).catch(() => {});
  } else {
    render();
  }
})();

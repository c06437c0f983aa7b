// The call on the look-up page: it begins with the first look-up or with `n`, keeps time, and writes down what is typed.
// Everything goes to the server as it happens; what could not be sent is sent again with the next thing. Until the
// server has confirmed a text this tab keeps a draft of it, so that leaving the page, a lost connection or a session
// that is over loses none.
"use strict";
const call = (() => {
  const SAVE = 800, FLUSH = 300; // ms
  const DRAFT = "zhengwen-draft"; // in the tab's storage: {id: of the call or null, texts: {field: text}}
  const panel = document.getElementById("call");
  const fields = { question: document.getElementById("question"), said: document.getElementById("said"), notes: document.getElementById("notes") };
  const timer = document.getElementById("timer");
  const badge = document.getElementById("call-state");
  const kept = document.getElementById("kept");
  let open = null; // the open call as the server told it
  let since = 0; // ms, by this machine's clock
  let beginning = null;
  let saving = 0, flushing = 0;
  let sending = Promise.resolve();
  let used = [];
  const changed = new Set(); // fields to be sent
  const unsure = new Set(); // those, and the ones on their way

  function tick() {
    const seconds = open ? Math.max(0, Math.floor((Date.now() - since) / 1000)) : 0;
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    timer.textContent = (hours ? hours + ":" : "") + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
  }

  function show() {
    badge.textContent = open ? "通话中" : "未开始";
    badge.className = open ? "badge good" : "badge";
    for (const button of panel.querySelectorAll("[data-outcome]")) button.disabled = !open;
    tick();
  }

  // What the server knows. A field that is being written in is left alone.
  function adopt(told, fresh) {
    const same = open && open.id === told.id;
    open = told;
    if (!same) since = fresh ? Date.now() : Date.parse(told.started_at);
    for (const [name, field] of Object.entries(fields)) {
      if (!unsure.has(name) && document.activeElement !== field) field.value = told[name];
    }
    draft();
    show();
    return told;
  }

  // Keeps what the server has not confirmed. Without storage (it can be forbidden) the server alone has it.
  function draft() {
    const texts = {};
    for (const name of unsure) texts[name] = fields[name].value;
    try {
      if (unsure.size) sessionStorage.setItem(DRAFT, JSON.stringify({ id: open && open.id, texts }));
      else sessionStorage.removeItem(DRAFT);
    } catch { /* forbidden */ }
  }

  function drafted() {
    try {
      return JSON.parse(sessionStorage.getItem(DRAFT));
    } catch {
      return null;
    }
  }

  // Takes up what was left unconfirmed in this call; the draft of another call is dropped.
  function resume(left) {
    if (!left || left.id !== (open && open.id)) return draft();
    for (const [name, text] of Object.entries(left.texts)) {
      if (fields[name].value === text) continue;
      fields[name].value = text;
      typed(name);
    }
    draft();
  }

  // The open call, or a new one; of several that ask at the same time, one begins it.
  function begin(question) {
    if (open) return Promise.resolve(open);
    if (!beginning) {
      beginning = zhengwen.post("/hotline/calls", { question: question || "" })
        .then((told) => adopt(told, true))
        .finally(() => { beginning = null; });
    }
    return beginning;
  }

  async function renew() {
    await leave();
    reset();
    await begin();
  }

  function reset() {
    open = null;
    changed.clear();
    unsure.clear();
    draft();
    for (const field of Object.values(fields)) field.value = "";
    kept.textContent = "";
    show();
  }

  // Before the call is left: what was typed and used is on its way.
  async function leave() {
    if (beginning) await beginning;
    if (open) await Promise.all([save(), flush()]);
  }

  function typed(name) {
    changed.add(name);
    unsure.add(name);
    draft();
    kept.textContent = "";
    clearTimeout(saving);
    saving = setTimeout(() => save().catch(tell), SAVE);
  }

  // One request at a time: a later text must never be overwritten by an earlier one that was slower on its way.
  function save() {
    clearTimeout(saving);
    sending = sending.catch(() => {}).then(send);
    return sending;
  }

  async function send() {
    if (!changed.size) return;
    if (!open) await begin();
    const given = {};
    for (const name of changed) given[name] = fields[name].value;
    changed.clear();
    try {
      await zhengwen.post("/hotline/calls/" + open.id + "/notes", given, { keepalive: true });
      if (changed.size) return;
      unsure.clear();
      draft();
      kept.textContent = "已保存";
    } catch (error) {
      for (const name of Object.keys(given)) changed.add(name);
      throw error;
    }
  }

  // The clerk had this in hand: pinned, copied, spoken, opened.
  function use(kind, id, how, title) {
    used.push({ kind, id, how, title: title.slice(0, 500) });
    clearTimeout(flushing);
    flushing = setTimeout(() => flush().catch(tell), FLUSH);
  }

  async function flush() {
    clearTimeout(flushing);
    if (!used.length) return;
    await begin();
    const items = used.splice(0, 50);
    try {
      await zhengwen.post("/hotline/calls/" + open.id + "/shown", { items }, { keepalive: true });
    } catch (error) {
      used = [...items, ...used].slice(0, 50);
      throw error;
    }
  }

  function say(text) {
    const before = fields.said.value.trim();
    if (before.includes(text)) return;
    fields.said.value = (before ? before + "\n" + text : text).slice(0, 4000);
    fields.said.scrollTop = fields.said.scrollHeight;
    typed("said");
  }

  function ask(text) {
    if (fields.question.value.trim() && changed.has("question")) return;
    fields.question.value = text;
  }

  async function end(outcome) {
    if (beginning) await beginning;
    if (!open) return null;
    await flush();
    clearTimeout(saving);
    await sending.catch(() => {}); // what the end brings is all there is to save
    const given = { outcome };
    for (const [name, field] of Object.entries(fields)) given[name] = field.value;
    const told = await zhengwen.post("/hotline/calls/" + open.id + "/end", given);
    reset();
    return told;
  }

  async function gap(question, documentId) {
    await begin(question);
    await flush();
    return zhengwen.post("/hotline/calls/" + open.id + "/gap", { question, document_id: documentId || null });
  }

  function tell(error) {
    kept.textContent = "";
    zhengwen.toast("没有保存：" + error.message, "bad");
  }

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("input", () => typed(name));
    field.addEventListener("blur", () => save().catch(tell));
  }
  window.addEventListener("beforeunload", (event) => {
    if (changed.size || used.length) event.preventDefault();
  });
  // What is still unsent when the page goes away outlives it (`keepalive`). It waits for nothing: no reply comes any more.
  window.addEventListener("pagehide", () => {
    if (open) Promise.all([send(), flush()]).catch(() => {});
  });
  const told = panel.dataset.call;
  const left = drafted();
  if (told) adopt(JSON.parse(told));
  resume(left);
  show();
  setInterval(tick, 1000);

  return {
    begin, renew, adopt, use, say, ask, end, gap, leave, tell,
    get id() { return open ? open.id : null; },
    notes: fields.notes,
  };
})();

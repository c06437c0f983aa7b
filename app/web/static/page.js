// The page works without this script; with it an answer arrives in place and the conversation stays on the page.
"use strict";

(() => {
  const LIMIT = 500; // code points, as the server counts
  const TIMEOUT = 30000; // milliseconds
  const form = document.getElementById("ask");
  const field = document.getElementById("q");
  const answers = document.getElementById("answers");
  const examples = document.getElementById("examples");
  const status = document.getElementById("status");
  const count = document.getElementById("count");
  let running = null;

  const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  function measure() {
    const length = [...field.value].length;
    count.textContent = length > LIMIT - 100 ? `${length} / ${LIMIT} 字` : "";
    count.classList.toggle("over", length > LIMIT);
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  function show(node) {
    answers.querySelectorAll(":scope > .card").forEach((card) => card.remove());
    answers.prepend(node);
    if (examples) answers.after(examples); // the answer comes right under the question
  }

  async function fetchAnswer(question, signal) {
    const address = new URLSearchParams(new FormData(form));
    address.set("q", question);
    address.set("part", "answer");
    const response = await fetch(`/?${address}`, { signal });
    if (response.ok) {
      return response.text();
    }
    // A gateway's error page is no problem document.
    const problem = await response.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail || `服务器返回了 ${response.status}。`), { title: problem.title });
  }

  function insert(html, question) {
    // The server escaped every value in it; the page's policy allows no script in it either.
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const turn = holder.content.querySelector(".turn");
    form.elements.session.value = turn.dataset.session;
    show(turn);
    if (field.value === question) field.value = ""; // unless the next one is being typed already
    measure();
    const address = new URLSearchParams(new FormData(form));
    address.set("q", question);
    address.delete("session");
    history.replaceState(null, "", `/?${address}`);
    document.title = `${question} · 政问`;
    status.textContent = `${turn.querySelector("h2").textContent}：${turn.querySelector(".words").innerText.slice(0, 300)}`;
    const top = turn.getBoundingClientRect().top;
    if (top < 0 || top > innerHeight * 0.6) turn.scrollIntoView({ block: "start" });
  }

  function fail(error, question) {
    const card = copyOf("failed");
    const offline = error.name === "TypeError" ? "没有连上服务器，请检查网络后重试。" : error.message;
    card.querySelector("h2").textContent = error.title || "这次没有问成";
    card.querySelector("p").textContent = offline;
    card.querySelector(".retry").addEventListener("click", () => ask(question));
    show(card);
    status.textContent = offline;
  }

  async function ask(question) {
    running?.abort();
    const mine = (running = new AbortController());
    const timer = setTimeout(() => mine.abort(new Error("等了 30 秒还没有答复，请重试。")), TIMEOUT);
    field.value = question;
    measure();
    show(copyOf("waiting"));
    status.textContent = "正在查找原文…";
    answers.setAttribute("aria-busy", "true");
    try {
      const html = await fetchAnswer(question, mine.signal);
      if (mine === running) insert(html, question);
    } catch (error) {
      if (mine === running) fail(error, question);
    } finally {
      clearTimeout(timer);
      if (mine === running) answers.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("submit", (event) => {
    const asked = event.submitter?.name === "q" ? event.submitter.value : field.value;
    event.preventDefault();
    if (asked.trim() === "") {
      field.focus();
      return;
    }
    ask(asked);
  });

  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word; 229 is what Safari reports then.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", measure);

  // A mark brings its citation into view and hands it the keyboard.
  answers.addEventListener("click", (event) => {
    const mark = event.target.closest("a.mark");
    const source = mark && document.getElementById(mark.hash.slice(1));
    if (!source) return;
    event.preventDefault();
    answers.querySelectorAll(".source.chosen").forEach((other) => other.classList.remove("chosen"));
    source.classList.add("chosen");
    source.scrollIntoView({ block: "center" });
    source.focus({ preventScroll: true });
  });

  measure();
})();

// 政问: the chat widget. One script tag, no dependency, no build step; everything lives in one shadow root.
//   <script defer src="https://host/widget.js" data-site="site-…" data-title data-color data-position data-lang data-greeting></script>
// All texts go in through textContent: nothing that a document, a question or a setting holds is ever markup.
// The host page may have changed Array.prototype: no array method, no iteration protocol here, loops count.
"use strict";

(() => {
  const script = document.currentScript || document.querySelector('script[data-site][src*="widget.js"]');
  const TAG = "zhengwen-chat";
  const say = (words) => console.warn(`[政问] ${words}`);
  if (!script || !script.src) return say("没有找到引入问答组件的 script 标签。");
  if (window.Zhengwen || customElements.get(TAG)) return say("这个网页已经有一个问答组件，第二个不再显示。");

  const base = new URL(".", script.src).href;
  const set = script.dataset;
  const site = set.site || "";
  const paged = set.mode === "page"; // the whole page is the conversation, as in /chat
  const KEPT = `zhengwen:${site || "local"}`;
  const KEEP = 24 * 3600e3; // milliseconds that a conversation is kept after its last turn
  const TURNS = 20; // turns kept
  const LIMIT = 500; // code points, as the server counts
  const PATIENCE = 20e3; // milliseconds

  const WORDS = {
    zh: {
      title: "政策问答", open: "问政策", close: "关闭", large: "大字版", clear: "清空对话", sure: "再按一次，清空对话",
      greeting: "您好，请用平常的话提问。答复逐字引用政策原文，并注明出处；文件没有写明的，会直接说明。",
      field: "您的问题", hint: "写下想问的事，按回车发送", send: "发送", try: "可以这样问", next: "可以接着问", waiting: "正在查找原文…",
      answered: "答复", not_stated: "文件未载明", out_of_scope: "不在本库范围内", clarify: "请再说明一下", failed: "没有问成",
      read: "按此理解：", you: "您问：", mark: "查看引文", clause: "条款原文", back: "返回对话", before: "上一条", after: "下一条",
      original: "在原文中查看", fresh: "（新窗口）", loading: "正在取条款原文…", alone: "暂时取不到前后条款，以下是引文原文。",
      good: "有用", bad: "没用", wrong: "纠错", copy: "复制", copied: "已复制，含出处", uncopied: "浏览器不允许复制，请手动选取。", again: "重新提问",
      person: "转人工", thanks: "谢谢，已记下。", why: "哪里没有帮到您？", reasons: "没有答到点上|引文不对|看不懂|内容可能过期",
      fix: "请写明哪里有误", submit: "提交", cancel: "取消", retry: "重试", noted: "您的问题已记下，供编辑人员补充。",
      offline: "网络已断开，写下的内容会保留，恢复后可以继续。", network: "没有连上问答服务，请检查网络后重试。", slow: "等了很久还没有答复，请重试。",
      refused: "本网站没有开通政策问答。", gone: "不在有效期内", begins: "施行", ends: "有效期至", talk: "对话", more: "更多操作", source: "出处",
    },
    en: {
      title: "Policy questions", open: "Ask", close: "Close", large: "Large text", clear: "Clear", sure: "Sure?",
      greeting: "Ask in your own words. Answers quote the official Chinese text and say where it stands.",
      field: "Your question", hint: "Your question, then Enter", send: "Send", try: "For example", next: "Go on with", waiting: "Looking it up…",
      answered: "Answer", not_stated: "Not stated in the text", out_of_scope: "Not covered here", clarify: "Please say more", failed: "It failed",
      read: "Understood as: ", you: "You: ", mark: "Show source", clause: "Official text", back: "Back", before: "Before", after: "After",
      original: "Show in the document", fresh: " (new window)", loading: "Loading…", alone: "Only the quote is available now.",
      good: "Helpful", bad: "Not helpful", wrong: "Correct", copy: "Copy", copied: "Copied with sources", uncopied: "Copying is not allowed.", again: "Ask again",
      person: "Talk to a person", thanks: "Thank you.", why: "What was wrong?", reasons: "Off the point|Wrong quote|Unclear|Out of date",
      fix: "What is wrong?", submit: "Submit", cancel: "Cancel", retry: "Retry", noted: "Your question is noted.",
      offline: "You are offline.", network: "The service cannot be reached.", slow: "This takes too long.",
      refused: "Not available on this site.", gone: "Not in force", begins: "in force from", ends: "until", talk: "Conversation", more: "More", source: "Sources",
    },
  };
  const english = /^en/i.test(set.lang || "");
  const w = english ? WORDS.en : WORDS.zh;
  const title = set.title || w.title;

  // ---- colours
  function luminance(hex) {
    let sum = 0;
    for (let i = 0; i < 3; i += 1) {
      const part = parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      sum += (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4) * (i === 0 ? 0.2126 : i === 1 ? 0.7152 : 0.0722);
    }
    return sum;
  }
  const accent = /^#[0-9a-f]{6}$/i.test(set.color || "") ? set.color : "#1d4482";
  const on = 1.05 / (luminance(accent) + 0.05) >= 4.5 ? "#ffffff" : "#101826";
  const side = set.position === "left" ? "left" : "right";

  const CSS = `
:host{all:initial!important;display:block!important;position:static!important;--accent:${accent};--on:${on}}
.root{all:initial;--ink:#1c2430;--soft:#566273;--paper:#f5f6f8;--card:#fff;--line:#d9dfe7;--link:#1d4482;--tint:#eaf0f9;--red:#a52a24;--amber:#865a06;--green:#1e6b43;--mark:#ffe9a8;
--sans:"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif;--serif:"Songti SC","Noto Serif CJK SC","Source Han Serif SC",STSong,var(--sans);
direction:ltr;display:block;color:var(--ink);font:16px/1.75 var(--sans);color-scheme:light dark;-webkit-text-size-adjust:100%}
@media (prefers-color-scheme:dark){.root{--ink:#e4e8ee;--soft:#a9b4c2;--paper:#12161c;--card:#1b212a;--line:#36404e;--link:#9dbdf2;--tint:#222e42;--red:#f2a29c;--amber:#eac47c;--green:#93d3ae;--mark:#6b5312}}
.root.large{font-size:21px}
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
h1,h2,h3,p,ol,ul,blockquote{margin:0;padding:0;list-style:none;font-size:1em;font-weight:inherit}
button,textarea{font:inherit;color:inherit;letter-spacing:inherit}
button{cursor:pointer;border:0;background:none;padding:0;text-align:start;touch-action:manipulation}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:6px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.out{unicode-bidi:isolate;overflow-wrap:anywhere;word-break:break-word}
.bubble{position:fixed;bottom:max(20px,env(safe-area-inset-bottom));${side}:20px;z-index:2147483000;display:flex;align-items:center;gap:.5em;min-height:52px;padding:.5em 1.25em .5em 1em;border-radius:26px;background:var(--accent);color:var(--on);font-weight:600;letter-spacing:.06em;border:1px solid rgb(255 255 255/35%);box-shadow:0 2px 6px rgb(16 32 64/18%),0 8px 28px rgb(16 32 64/22%)}
.bubble:hover{filter:brightness(1.1)}
.bubble:focus-visible,.head :focus-visible{outline-color:var(--on);box-shadow:0 0 0 6px var(--accent)}
.bubble:focus-visible{border-radius:26px}
svg{width:1.35em;height:1.35em;flex:none;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.panel{position:fixed;bottom:20px;${side}:20px;z-index:2147483000;display:flex;flex-direction:column;width:min(420px,calc(100vw - 40px));height:min(680px,calc(100vh - 40px));height:min(680px,calc(100dvh - 40px));overflow:hidden;background:var(--paper);border:1px solid var(--line);border-radius:14px;box-shadow:0 4px 12px rgb(16 32 64/12%),0 18px 60px rgb(16 32 64/26%)}
.large .panel{width:min(540px,calc(100vw - 40px));height:min(820px,calc(100dvh - 40px))}
.paged .panel{inset:0;width:100%;height:100%;height:100dvh;border:0;border-radius:0;box-shadow:none}
.head{display:flex;align-items:center;gap:.35em;flex:none;padding:.7em .6em .7em 1.05em;background:var(--accent);color:var(--on);border-top:3px solid #b5302a}
.large .head{font-size:17px}
.head h1,.head h2{flex:1;min-width:0;font:700 1.08em/1.4 var(--serif);letter-spacing:.06em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.tool{display:grid;place-items:center;min-width:44px;min-height:44px;padding:0 .5em;border-radius:8px;font-size:.86em;color:var(--on);white-space:nowrap}
.tool:hover{background:rgb(128 128 128/30%)}
.tool[aria-pressed=true]{box-shadow:inset 0 0 0 2px var(--on)}
.body{position:relative;display:flex;flex:1;flex-direction:column;min-height:0}
.talk{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:1.1em 1em 1.4em;display:flex;flex-direction:column;gap:1.1em}
.talk>*{flex:none}
.talk:focus-visible,.page:focus-visible,.ask textarea:focus-visible{outline-offset:-3px}
.you{align-self:flex-end;max-width:86%;padding:.5em .95em;border-radius:12px 12px 3px 12px;background:var(--tint);border:1px solid var(--line);white-space:pre-wrap;max-height:11em;overflow-y:auto}
.card{display:block;padding:.95em 1.05em;background:var(--card);border:1px solid var(--line);border-radius:10px;min-width:0}
.answer{border-inline-start:4px solid var(--tone,var(--link))}
.answer>:first-child{font-weight:600;font-size:.94em;color:var(--tone,var(--link));margin-bottom:.3em}
.not_stated{--tone:var(--amber)}.out_of_scope{--tone:var(--soft)}.clarify{--tone:var(--green)}.failed{--tone:var(--red)}
.dim{color:var(--soft);font-size:.86em;line-height:1.65}
.words>*+*{margin-top:.55em}
.words p{white-space:pre-wrap}
.quote{display:flex;gap:.6em;padding:.65em .75em;background:var(--paper);border-radius:8px}
.quote .out{font:1em/1.8 var(--serif);white-space:pre-wrap;min-width:0}
.chip{flex:none;display:inline-grid;place-items:center;min-width:1.9em;height:1.9em;padding:0 .35em;border-radius:1em;background:var(--tint);color:var(--link);border:1px solid var(--line);font-size:.82em;line-height:1;font-weight:700}
.chip:hover,.go:hover,.act:hover{border-color:var(--link)}
p .chip{margin:0 .2em;vertical-align:.08em}
.choices{margin-top:.85em}
.choices ul{display:flex;flex-direction:column;align-items:flex-start;gap:.45em;margin-top:.35em}
.go{max-width:100%;min-height:40px;padding:.38em .9em;border:1px solid var(--line);border-radius:20px;background:var(--card);color:var(--link);font-size:.93em;line-height:1.5}
.go:hover{background:var(--tint)}
.acts{display:flex;flex-wrap:wrap;gap:.1em;margin:.85em -.5em -.45em;padding-top:.35em;border-top:1px solid var(--line)}
.act{min-height:40px;min-width:40px;padding:.2em .6em;border-radius:6px;color:var(--soft);font-size:.84em}
.act:hover{color:var(--link);background:var(--tint)}
.act[aria-pressed=true]{color:var(--link);font-weight:700}
.form{margin-top:.6em;display:flex;flex-wrap:wrap;gap:.45em;align-items:center}
.form .dim,.form textarea{flex:1 1 100%}
textarea{display:block;width:100%;resize:none;background:var(--card);border:1px solid var(--soft);border-radius:8px;padding:.5em .75em;line-height:1.6}
textarea::placeholder{color:var(--soft);opacity:1}
.main{min-height:44px;padding:.3em 1.15em;border-radius:8px;background:var(--accent);color:var(--on);font-weight:600;white-space:nowrap;border:1px solid var(--line)}
.main:hover{filter:brightness(1.1)}
.tag{display:inline-block;padding:0 .5em;border-radius:4px;border:1px solid var(--red);color:var(--red);font-size:.82em;line-height:1.7}
.ask{flex:none;padding:.65em .85em calc(.55em + env(safe-area-inset-bottom));background:var(--card);border-top:1px solid var(--line)}
.paged .talk,.paged .ask{padding-inline:max(1em,calc(50% - 23em))}
.row{display:flex;align-items:flex-end;gap:.55em}
.ask textarea{flex:1;min-width:0;max-height:8.5em;min-height:44px}
.under{display:flex;justify-content:space-between;align-items:center;gap:1em;min-height:40px;margin-bottom:-.35em}
.over{color:var(--red);font-weight:700}
.note{flex:none;padding:.45em 1.05em;background:var(--tint);border-bottom:1px solid var(--line);font-size:.88em}
.drawer{position:absolute;inset:0;display:flex;flex-direction:column;background:var(--card)}
.bar{flex:none;display:flex;align-items:center;gap:.5em;padding:.35em .6em .35em 1.05em;border-bottom:1px solid var(--line)}
.bar h2{flex:1;font-weight:600}
.bar .tool{color:var(--link)}
.page{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:1em 1.05em calc(1.4em + env(safe-area-inset-bottom))}
.page>*+*,.clause>*+*{margin-top:.8em}
.page cite{font-style:normal;font-weight:600;display:block}
.text{font:1.04em/1.95 var(--serif);white-space:pre-wrap;padding:.7em .85em;border:1px solid var(--line);border-radius:8px}
.near{font:.92em/1.8 var(--serif);white-space:pre-wrap;color:var(--soft);max-height:9em;overflow:auto}
mark{background:var(--mark);color:var(--ink);padding:.15em 0}
a{color:var(--link);text-underline-offset:.2em;display:inline-block;padding:.5em 0;font-weight:600}
.line{display:block;height:.7em;margin-top:.65em;border-radius:4px;background:var(--line)}
.line.short{width:55%}
@media (prefers-reduced-motion:no-preference){.line{animation:breathe 1.4s ease-in-out infinite}@keyframes breathe{50%{opacity:.4}}.panel,.drawer{animation:rise .16s ease-out}@keyframes rise{from{opacity:0;transform:translateY(8px)}}.paged .panel{animation:none}}
@media (max-width:640px){.panel,.large .panel{inset:0;width:100%;height:100%;height:100dvh;border:0;border-radius:0;padding-inline:env(safe-area-inset-left) env(safe-area-inset-right)}.head{padding-top:calc(.6em + env(safe-area-inset-top))}textarea{font-size:max(16px,1em)}}
@media print{.root{display:none}}`;

  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  function el(tag, props, a, b, c, d) {
    const node = document.createElement(tag);
    const keys = Object.keys(typeof props === "string" ? ((node.className = props), {}) : props || {});
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i];
      if (key === "text") node.textContent = props.text;
      else if (key === "class") node.className = props.class;
      else if (key === "click") node.addEventListener("click", props.click);
      else if (props[key] !== false) node.setAttribute(key, props[key]);
    }
    node.append(a || "", b || "", c || "", d || "");
    return node;
  }

  const para = (kind, text, more) => el("p", { class: kind, text, ...more });
  const button = (kind, text, click, more) => el("button", { type: "button", class: kind, text, click, ...more });

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function count(text) {
    let points = 0;
    for (let i = 0; i < text.length; i += text.codePointAt(i) > 0xffff ? 2 : 1) points += 1;
    return points;
  }

  const bare = (text) => String(text).replace(/[\s。.？?！!，,]/g, "").toLowerCase();
  const fault = (status, detail) => ({ status, detail }); // an Error would stumble over a frozen prototype

  // ---- the server
  let pass = null; // the token stays in memory: it is in no URL and in no storage
  let session = "";

  async function call(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    if (pass) headers.Authorization = `Bearer ${pass}`;
    const how = { method: body ? "POST" : "GET", headers, signal, credentials: "omit", referrerPolicy: "no-referrer" };
    if (body) how.body = JSON.stringify(body);
    let response;
    try {
      response = await fetch(`${base}api/v1/${path}`, how);
    } catch (error) {
      throw fault(0, signal && signal.aborted ? w.slow : w.network);
    }
    if (response.ok) return response;
    let problem = {};
    try {
      problem = (await response.json()) || {};
    } catch (error) {
      // a gateway's page is no problem document
    }
    throw fault(response.status, String(problem.detail || problem.title || w.network));
  }

  async function enter() {
    pass = null;
    const found = await (await call("session", { site })).json();
    pass = String(found.token);
    return found;
  }

  async function send(path, body, signal) {
    try {
      if (!pass) await enter();
      return await call(path, body, signal);
    } catch (error) {
      if (error.status !== 401) throw error;
      await enter(); // the token is short-lived
      return call(path, body, signal);
    }
  }

  // The events of one answer; `show` gets the text so far. Nothing where the stream ends before its end.
  async function stream(response, show) {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let held = "";
    let text = "";
    for (;;) {
      const part = await reader.read();
      held += part.value ? decoder.decode(part.value, { stream: true }) : "";
      for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
        const event = held.slice(0, end);
        held = held.slice(end + 2);
        const name = /^event: ?(\w+)/.exec(event);
        const at = event.indexOf("\ndata:");
        if (!name || at < 0) continue;
        const raw = event.slice(at + 6);
        if (name[1] === "done") return raw;
        if (name[1] === "text") show((text += String(JSON.parse(raw).text)));
      }
      if (part.done) return null;
    }
  }

  async function fetchAnswer(question, show) {
    const body = { question, channel: "widget" };
    if (session) body.session_id = session;
    const signal = AbortSignal.timeout(PATIENCE);
    try {
      const raw = await stream(await send("ask/stream", body, signal), show);
      if (JSON.parse(raw)) return raw;
    } catch (error) {
      if (error.status || signal.aborted) throw error;
      // something refuses streams or cuts them: ask for the whole
    }
    return (await send("ask", body, signal)).text();
  }

  // ---- what is kept: questions, and answers as the text that came: no array is written here
  const past = { n: 0 };

  function readPast() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT) || "null");
      if (!kept || kept.v !== 1) return;
      root.classList.toggle("large", kept.large === true);
      if (!(Date.now() - kept.at < KEEP)) return void writePast();
      session = String(kept.session || "");
      for (let i = 0; i < Math.min(kept.n, TURNS); i += 1) {
        const turn = kept[`t${i}`];
        past[`t${past.n}`] = { q: String(turn.q), r: String(turn.r) };
        past.n += 1;
      }
    } catch (error) {
      past.n = 0; // storage is switched off, or somebody wrote something else there
    }
  }

  function writePast() {
    try {
      const first = Math.max(0, past.n - TURNS);
      const kept = { v: 1, at: Date.now(), session, large: root.classList.contains("large"), n: past.n - first };
      for (let i = first; i < past.n; i += 1) kept[`t${i - first}`] = past[`t${i}`];
      localStorage.setItem(KEPT, JSON.stringify(kept));
    } catch (error) {
      // the conversation goes on without being kept
    }
  }

  // ---- the page's hooks
  const hooks = { n: 0 };

  function tell(name, detail) {
    for (let i = 0; i < hooks.n; i += 1) {
      const hook = hooks[`h${i}`];
      if (hook.name !== name) continue;
      try {
        hook.call(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  // ---- the parts of the window
  const root = el("div", { class: `root${paged ? " paged" : ""}`, lang: english ? "en" : "zh-CN" });
  const bubble = button("bubble", "", () => open(), { "aria-haspopup": "dialog", "aria-expanded": "false" });
  bubble.append(icon("M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5"), el("span", { text: w.open }));
  const sub = paged ? "h2" : "h3";
  const heading = el(paged ? "h1" : "h2", { id: "title", class: "out", text: title });
  const larger = button("tool", w.large, () => {
    larger.setAttribute("aria-pressed", String(root.classList.toggle("large")));
    writePast();
    measure();
  });
  const clear = button("tool", w.clear, () => {
    if (clear.textContent !== w.sure && past.n) {
      clear.textContent = w.sure;
      setTimeout(() => (clear.textContent = w.clear), 4000);
      return;
    }
    forget();
  });
  const shut = el("button", { type: "button", class: "tool", "aria-label": w.close, click: () => close() }, icon("M6 6l12 12M18 6L6 18"));
  const note = el("p", { class: "note", role: "status", hidden: "" });
  const talk = el("div", { class: "talk", role: "group", "aria-label": w.talk, tabindex: "0" });
  // The conversation itself is not live: a finished answer is announced here, once.
  const log = el("div", { class: "unseen", role: "log", "aria-live": "polite", "aria-label": w.answered });
  const field = el("textarea", { id: "q", rows: "1", placeholder: w.hint, enterkeyhint: "send", autocomplete: "off", spellcheck: "false", "aria-describedby": "count" });
  const counter = el("span", { id: "count", class: "dim", "aria-live": "polite" });
  const go = el("button", { type: "submit", class: "main", text: w.send });
  const ask = el("form", { class: "ask", novalidate: "" });
  const row = el("div", "row", el("label", { for: "q", class: "unseen", text: w.field }), field, go);
  ask.append(row, el("div", "under", counter, button("act", w.person, () => person(field.value || lastQuestion(), null))));
  const chat = el("div", "body", note, talk, log, ask);
  const drawer = el("section", { class: "drawer", role: "dialog", "aria-modal": "true", "aria-labelledby": "clause", hidden: "" });
  const panel = el("section", { class: "panel", role: paged ? "main" : "dialog", "aria-labelledby": "title", hidden: "" });
  if (!paged) panel.setAttribute("aria-modal", "true");
  const head = el("div", "head", heading, larger, clear, paged ? null : shut);
  const holder = el("div", "body", chat, drawer);
  panel.append(head, holder);
  if (!paged) root.append(bubble);
  root.append(panel);

  let desk = {}; // what the session told: examples, telephone
  let origin = null; // what had the focus before
  let chipOf = null;
  let busy = false;
  let painted = false;
  let refused = "";

  function measure() {
    const points = count(field.value);
    counter.textContent = points > LIMIT - 100 ? `${points} / ${LIMIT}` : "";
    counter.classList.toggle("over", points > LIMIT);
    field.rows = 1;
    const line = parseFloat(getComputedStyle(field).lineHeight) || 26;
    field.rows = Math.max(1, Math.min(5, Math.round((field.scrollHeight - 14) / line)));
  }

  function lastQuestion() {
    return past.n ? past[`t${past.n - 1}`].q : "";
  }

  function put(node) {
    talk.append(node);
    return node;
  }

  function settle(node) {
    // The beginning of what came is what one reads first.
    talk.scrollTop = Math.max(0, node.offsetTop - talk.offsetTop - 12);
  }

  function paint() {
    if (painted) return;
    painted = true;
    larger.setAttribute("aria-pressed", String(root.classList.contains("large")));
    put(greeting());
    for (let i = 0; i < past.n; i += 1) {
      const { q, r } = past[`t${i}`];
      try {
        const made = answer(q, JSON.parse(r));
        put(asked(q));
        put(made);
      } catch (error) {
        // not ours
      }
    }
  }

  function greeting() {
    const made = el("div", "card", para("out", set.greeting || w.greeting));
    made.append(choices(w.try, desk.examples, 4) || "");
    return made;
  }

  function choices(label, questions, most) {
    const total = Math.min((questions && questions.length) || 0, most);
    if (!total) return null;
    const list = el("ul", {});
    for (let i = 0; i < total; i += 1) {
      const question = String(questions[i]);
      list.append(el("li", {}, button("go out", question, () => submit(question))));
    }
    return el("div", "choices", para("dim", label), list);
  }

  function asked(question) {
    return el("p", "you out", el("span", { class: "unseen", text: w.you }), question);
  }

  function citationOf(reply, mark) {
    const all = reply.citations || "";
    for (let i = 0; i < all.length; i += 1) if (all[i] && all[i].mark === mark) return all[i];
    return null;
  }

  function chip(citation) {
    const made = button("chip", String(citation.mark), () => clause(citation, made));
    made.setAttribute("aria-label", `${w.mark} ${citation.mark}`);
    made.setAttribute("aria-haspopup", "dialog");
    return made;
  }

  // A line of the answer with its [1] marks as chips.
  function line(text, reply) {
    const made = el("p", "out");
    const marks = /\[(\d{1,4})\]/g;
    let at = 0;
    for (let found = marks.exec(text); found; found = marks.exec(text)) {
      const citation = citationOf(reply, Number(found[1]));
      if (!citation) continue;
      made.append(text.slice(at, found.index), chip(citation));
      at = found.index + found[0].length;
    }
    made.append(text.slice(at));
    return made;
  }

  // The parts of a text between signs, in order.
  function each(text, sign, use) {
    for (let at = 0; at <= text.length; ) {
      const end = text.indexOf(sign, at) < 0 ? text.length : text.indexOf(sign, at);
      use(text.slice(at, end));
      at = end + 1;
    }
  }

  function lines(box, text, reply) {
    each(text, "\n", (one) => one.trim() && box.append(line(one, reply)));
  }

  // The text in order; a line “[n] quote” is shown as the quote itself, which may have lines of its own.
  function words(reply) {
    const box = el("div", "words");
    const text = String(reply.text || "");
    const all = reply.citations || "";
    let at = 0;
    for (let i = 0; i < all.length; i += 1) {
      const quote = `[${all[i].mark}] ${all[i].quote}`;
      const found = text.indexOf(quote, at);
      if (found < 0 || (found > 0 && text[found - 1] !== "\n")) continue;
      lines(box, text.slice(at, found), reply);
      box.append(el("blockquote", "quote", chip(all[i]), para("out", String(all[i].quote))));
      at = found + quote.length;
    }
    lines(box, text.slice(at), reply);
    return box;
  }

  function answer(question, reply) {
    const status = has(w, String(reply.status)) ? String(reply.status) : "answered";
    const made = el("article", { class: `card answer ${status}`, "data-status": status }, el(sub, { text: w[status] }));
    if (reply.interpreted_as && bare(reply.interpreted_as) !== bare(question)) {
      made.append(para("dim out", w.read + reply.interpreted_as));
    }
    made.append(words(reply));
    made.append(choices(w.clarify, reply.options, 8) || "", choices(w.next, reply.suggestions, 3) || "");
    if (reply.disclaimer) made.append(para("dim out choices", String(reply.disclaimer)));
    made.append(actions(question, reply, made));
    return made;
  }

  function actions(question, reply, card) {
    const good = button("act", w.good, () => judge(true), { "aria-pressed": "false" });
    const bad = button("act", w.bad, () => judge(false), { "aria-pressed": "false" });
    const bar = el("div", { class: "acts", role: "group", "aria-label": w.more }, good, bad);
    function judge(helpful) {
      good.setAttribute("aria-pressed", String(helpful));
      bad.setAttribute("aria-pressed", String(!helpful));
      if (helpful) feedback(reply, card, { helpful: true });
      else form(card, w.why, w.reasons, (said) => feedback(reply, card, { helpful: false, ...said }));
    }
    bar.append(
      button("act", w.wrong, () => form(card, w.fix, "", (said) => feedback(reply, card, { helpful: false, reason: w.wrong, ...said }))),
      button("act", w.copy, () => copy(question, reply, card)),
      button("act", w.again, () => edit(question)),
      button("act", w.person, () => person(question, reply)),
    );
    return bar;
  }

  function remark(card, text, role) {
    const old = card.querySelector(".remark");
    if (old) old.remove();
    const made = el("p", { class: "dim remark", role: role || "status" });
    card.append(made);
    made.textContent = text;
    return made;
  }

  // Reasons parted by “|”, and room for words; `done` gets {reason} or {comment}.
  function form(card, label, reasons, done) {
    const old = card.querySelector(".form");
    if (old) old.remove();
    const box = el("div", { class: "form", role: "group", "aria-label": label }, para("dim", label));
    if (reasons) each(reasons, "|", (reason) => box.append(button("go", reason, () => finish({ reason }))));
    const room = el("textarea", { rows: "2", maxlength: "1000", "aria-label": label });
    function finish(said) {
      if (!said.reason && !room.value.trim()) return room.focus();
      if (room.value.trim()) said.comment = room.value.trim();
      box.remove();
      done(said);
    }
    box.append(room, button("main", w.submit, () => finish({})), button("act", w.cancel, () => box.remove()));
    card.append(box);
    (box.querySelector("button") || room).focus();
    box.scrollIntoView({ block: "nearest" });
  }

  async function feedback(reply, card, said) {
    try {
      await send("feedback", { answer_id: String(reply.answer_id), session_id: String(reply.session_id), ...said });
      remark(card, w.thanks);
    } catch (error) {
      remark(card, error.detail || w.network);
    }
    talk.focus({ preventScroll: true });
  }

  async function copy(question, reply, card) {
    let text = `${question}\n\n${reply.text}\n\n${w.source}：`;
    const all = reply.citations || "";
    for (let i = 0; i < all.length; i += 1) {
      const one = all[i];
      text += `\n[${one.mark}] ${one.document_title || ""} ${one.document_number || ""} ${where(one)} ${address(one.url) || ""}`;
    }
    text += `\n${reply.disclaimer || ""}`;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      const room = el("textarea", { class: "unseen", "aria-hidden": "true" });
      room.value = text;
      root.append(room);
      room.select();
      done = document.execCommand("copy");
      room.remove();
    }
    remark(card, done ? w.copied : w.uncopied);
  }

  function edit(question) {
    field.value = question;
    measure();
    field.focus();
    field.select();
  }

  async function person(question, reply) {
    const card = put(el("div", { class: "card", role: "status" }, el("p", { text: w.waiting })));
    settle(card);
    try {
      const body = { question: question.trim() || w.person, channel: "widget" };
      if (reply && reply.answer_id) body.answer_id = String(reply.answer_id);
      if (session) body.session_id = session;
      const found = await (await send("handoff", body)).json();
      card.replaceChildren(para("out", String(found.message)));
      if (found.recorded) card.append(para("dim", w.noted));
    } catch (error) {
      const phone = desk.phone ? `${desk.phone} ${desk.hours || ""}` : error.detail || w.network;
      card.replaceChildren(para("out", phone));
    }
    settle(card);
  }

  // ---- the drawer: a clause with its headings, its neighbours and the quote marked
  function where(one) {
    const heads = one.heading_path || "";
    let path = "";
    const add = (part, sign = " › ") => {
      if (part && part !== path) path += (path && sign) + part;
    };
    for (let i = 0; i < heads.length; i += 1) add(heads[i]);
    add(one.label);
    add((one.locator || {}).text, " · ");
    return path;
  }

  function address(url) {
    try {
      const found = new URL(String(url), base);
      return found.protocol === "https:" || found.protocol === "http:" ? found.href : null;
    } catch (error) {
      return null;
    }
  }

  function marked(text, quote) {
    const at = text.indexOf(quote);
    const made = el("p", { class: "text out", tabindex: "-1" });
    if (at < 0 || !quote) made.append(text);
    else made.append(text.slice(0, at), el("mark", { text: quote }), text.slice(at + quote.length));
    return made;
  }

  function neighbour(label, one) {
    if (!one || !one.text) return "";
    return el("div", {}, el("h3", { class: "dim", text: label }), el("p", { class: "near out", tabindex: "0", role: "group", "aria-label": label, text: String(one.text) }));
  }

  async function clause(citation, from) {
    chipOf = from;
    const page = el("div", { class: "page", tabindex: "0", role: "group", "aria-label": w.clause });
    const back = button("tool", w.back, () => closeDrawer());
    drawer.replaceChildren(el("div", "bar", el("h2", { id: "clause", text: `${w.clause} ${citation.mark}` }), back), page);
    page.append(el("cite", { class: "out", text: String(citation.document_title) }));
    const facts = `${citation.document_number || ""} ${citation.issuer || ""} ${citation.effective_from ? `${w.begins} ${citation.effective_from}` : ""} ${citation.expires_on ? `${w.ends} ${citation.expires_on}` : ""}`.trim();
    if (facts) page.append(para("dim out", facts));
    if (citation.in_force === false) page.append(el("span", { class: "tag", text: w.gone }));
    if (where(citation)) page.append(para("dim out", where(citation)));
    const body = el("div", "clause", para("dim", w.loading, { role: "status" }));
    page.append(body);
    const href = address(citation.url);
    if (href) page.append(el("a", { href, target: "_blank", rel: "noopener noreferrer", text: w.original }, el("span", { class: "unseen", text: w.fresh })));
    drawer.hidden = false;
    chat.inert = true;
    head.inert = true;
    back.focus();
    try {
      const id = encodeURIComponent(String(citation.clause_id)).replace(/%2F/g, "/");
      const found = await (await send(`clauses/${id}`)).json();
      const text = marked(String(found.text), String(citation.quote));
      body.replaceChildren(neighbour(w.before, found.previous), text, neighbour(w.after, found.next));
      const quote = body.querySelector("mark");
      if (quote) quote.scrollIntoView({ block: "nearest" });
    } catch (error) {
      body.replaceChildren(para("dim", w.alone, { role: "status" }), marked(String(citation.quote), String(citation.quote)));
    }
  }

  function closeDrawer() {
    drawer.hidden = true;
    chat.inert = false;
    head.inert = false;
    (chipOf && chipOf.isConnected ? chipOf : field).focus();
  }

  // ---- asking
  async function submit(text) {
    const question = String(text).trim();
    if (!question || busy) return void field.focus();
    if (count(question) > LIMIT) return void measure();
    busy = true;
    const failed = talk.querySelector(".failed");
    if (failed) {
      if (failed.previousElementSibling) failed.previousElementSibling.remove();
      failed.remove();
    }
    if (field.value.trim() === question) field.value = "";
    measure();
    const mine = put(asked(question));
    const sketch = para("out", w.waiting);
    const card = put(el("div", { class: "card", "aria-busy": "true" }, sketch, el("span", "line"), el("span", "line short")));
    settle(mine);
    field.focus({ preventScroll: true });
    tell("ask", question);
    try {
      const raw = await fetchAnswer(question, (so_far) => (sketch.textContent = so_far));
      const reply = JSON.parse(raw) || {};
      session = String(reply.session_id || session);
      past[`t${past.n}`] = { q: question, r: raw };
      past.n += 1;
      writePast();
      const made = answer(question, reply);
      card.replaceWith(made);
      settle(mine);
      log.replaceChildren(el("p", { text: `${w[made.dataset.status]}：${String(reply.text || "").slice(0, 2000)}` }));
      tell("answer", reply);
    } catch (error) {
      const detail = error.detail || w.network;
      const made = failure(question, detail);
      card.replaceWith(made);
      settle(made);
      if (!field.value) field.value = question;
      measure();
      tell("error", detail);
    }
    busy = false;
  }

  function failure(question, detail) {
    const made = el("div", { class: "card answer failed", role: "alert" }, el(sub, { text: w.failed }), para("out", detail));
    const again = button("go", w.retry, () => {
      if (field.value.trim() === question) field.value = "";
      submit(question);
    });
    made.append(el("div", "choices", again));
    return made;
  }

  function forget() {
    past.n = 0;
    session = "";
    painted = false;
    clear.textContent = w.clear;
    talk.replaceChildren();
    log.replaceChildren();
    writePast();
    paint();
    field.focus();
  }

  // ---- opening and closing, keys, network
  function open() {
    if (refused) return say(refused);
    if (!panel.hidden) return void field.focus();
    origin = document.activeElement;
    panel.hidden = false;
    bubble.hidden = true;
    bubble.setAttribute("aria-expanded", "true");
    paint();
    measure();
    if (past.n) talk.scrollTop = talk.scrollHeight;
    field.focus();
    tell("open");
  }

  function close() {
    if (paged || panel.hidden) return;
    if (!drawer.hidden) closeDrawer();
    panel.hidden = true;
    bubble.hidden = false;
    bubble.setAttribute("aria-expanded", "false");
    const back = origin && origin !== host && origin !== document.body && origin.isConnected ? origin : bubble;
    back.focus();
    tell("close");
  }

  // Tab goes round within what is open; what is hidden or inert takes no part.
  function turn(event) {
    const inside = drawer.hidden ? panel : drawer;
    const all = inside.querySelectorAll("button, textarea, a[href], [tabindex='0']");
    let first = null;
    let last = null;
    for (let i = 0; i < all.length; i += 1) {
      if (!all[i].getClientRects().length) continue;
      first = first || all[i];
      last = all[i];
    }
    const now = shadow.activeElement;
    const out = !now || !inside.contains(now);
    if (event.shiftKey ? now === first || out : now === last || out) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  panel.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (drawer.hidden) close();
      else closeDrawer();
    } else if (event.key === "Tab" && !paged) turn(event);
  });
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word; 229 is what Safari reports then.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit(field.value);
  });
  field.addEventListener("input", measure);
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(field.value);
  });
  // What is typed here is not for the host page's shortcuts.
  const mute = (event) => event.stopPropagation();
  root.addEventListener("keydown", mute);
  root.addEventListener("keypress", mute);
  root.addEventListener("keyup", mute);

  function network() {
    note.hidden = navigator.onLine !== false;
    note.textContent = note.hidden ? "" : w.offline;
  }
  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  window.addEventListener("resize", () => panel.hidden || measure());

  // ---- onto the page
  const Chat = class extends HTMLElement {};
  customElements.define(TAG, Chat);
  const host = document.createElement(TAG);
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  const sheets = shadow.adoptedStyleSheets;
  if (Object.isFrozen(sheets)) shadow.adoptedStyleSheets = [sheet];
  else sheets[sheets.length] = sheet;
  shadow.append(root);

  let started = null;
  window.Zhengwen = Object.freeze({
    close,
    async open() {
      await started;
      open();
    },
    async ask(question) {
      await started;
      open();
      if (!refused) await submit(question);
    },
    on(name, call) {
      hooks[`h${hooks.n}`] = { name: String(name), call };
      hooks.n += 1;
    },
  });

  async function begin() {
    readPast();
    network();
    try {
      desk = await enter();
    } catch (error) {
      // 401, 403 and 422 are about the site; anything else may be better by the time somebody asks.
      if (error.status === 401 || error.status === 403 || error.status === 422) {
        refused = error.detail;
        say(`问答组件没有显示：${refused}`);
        tell("refused", refused);
        if (paged) document.body.append(el("p", { text: `${w.refused}${refused}` }));
        return;
      }
    }
    document.body.append(host);
    if (paged) open();
    tell("ready");
  }

  if (document.body) started = begin();
  else document.addEventListener("DOMContentLoaded", () => (started = begin()));
})();

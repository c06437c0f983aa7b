// What the look-up page shows: every value is written as text, never as HTML.
"use strict";
const passages = (() => {
  const made = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  function part(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // The words that matched, marked. Single characters are marked only where nothing longer is there.
  function write(element, text, terms) {
    element.replaceChildren();
    const long = (terms || []).filter((term) => [...term].length > 1);
    const wanted = long.length ? long : terms || [];
    const low = text.toLowerCase();
    if (!wanted.length || low.length !== text.length) {
      element.textContent = text;
      return;
    }
    const hit = new Uint8Array(text.length);
    for (const term of wanted) {
      for (let at = low.indexOf(term); at >= 0; at = low.indexOf(term, at + 1)) hit.fill(1, at, at + term.length);
    }
    for (let start = 0, end; start < text.length; start = end) {
      end = start + 1;
      while (end < text.length && hit[end] === hit[start]) end += 1;
      const piece = text.slice(start, end);
      element.append(hit[start] ? part("mark", "", piece) : piece);
    }
  }

  function badges(element, passage) {
    element.replaceChildren();
    if (passage.kind && passage.kind !== "其他") element.append(part("span", "badge", passage.kind));
    if (passage.region) element.append(part("span", "badge outside", passage.region));
    for (const each of passage.validity) {
      element.append(part("span", "badge" + (each.tone === "plain" ? "" : " " + each.tone), each.text));
    }
  }

  const oneLine = (text) => text.replace(/\s+/g, " ").trim();
  // Shown without the blank lines of a Markdown file, which would push the rest off the screen; copied with them.
  const tight = (text) => text.replace(/\n\s*\n/g, "\n");

  function hit(passage) {
    const row = made("t-hit");
    const [head, text] = row.children;
    const path = [...passage.path].reverse().join(" ‹ ");
    head.children[0].textContent = passage.label || "";
    head.children[0].hidden = !passage.label;
    head.children[1].textContent = [passage.title, path].filter(Boolean).join(" · ");
    head.children[1].title = [passage.title, ...passage.path].join(" › ");
    // In a row only what is out of the ordinary.
    badges(head.children[2], {
      kind: passage.kind === "原文" ? "" : passage.kind,
      validity: passage.validity.filter((each) => each.tone === "bad"),
    });
    write(text, oneLine(passage.text), passage.matched);
    return row;
  }

  const TONES = { answered: "good", not_stated: "warn", out_of_scope: "bad", clarify: "info" };

  // The card above the hits: its place is kept while there is no answer, so that nothing jumps.
  function card(answer, waiting) {
    const row = made("t-answer");
    const [head, text] = row.children;
    row.classList.toggle("waiting", !answer);
    if (!answer) {
      head.hidden = true;
      text.textContent = waiting;
      row.setAttribute("aria-disabled", "true");
      return row;
    }
    status(head.children[0], answer);
    head.children[1].textContent = rewritten(answer) ? "按“" + answer.understood + "”答复" : "";
    text.textContent = oneLine(answer.spoken || answer.text);
    return row;
  }

  function status(badge, answer) {
    badge.textContent = answer.reviewed ? "已审口径" : answer.heading;
    badge.className = "badge status " + (TONES[answer.status] || "");
  }

  // Whose reviewed answer it is, and how long it holds.
  function review(mark) {
    const said = ["已审口径", mark.department, mark.reviewed_on && mark.reviewed_on + "复核", mark.expires_on && "有效期至" + mark.expires_on];
    return part("p", "hint outside", said.filter(Boolean).join(" · "));
  }

  const bare = (text) => text.replace(/[\s。.？?！!，,]/g, "").toLowerCase();
  const rewritten = (answer) => bare(answer.understood) !== bare(answer.question);

  // The whole answer. `open(quote)` is called for a quote, `ask(text)` for a question that is offered.
  function answer(told, open, ask) {
    const whole = part("article", "stack");
    const head = part("p", "item-head");
    head.append(part("span", "badge"), part("span", "item-path outside", rewritten(told) ? "按“" + told.understood + "”答复" : ""));
    status(head.children[0], told);
    whole.append(head);
    for (const block of [...told.blocks, { lines: [], quotes: told.others }]) {
      for (const line of block.lines) if (!offered(told, line)) whole.append(part("p", "answer-lines outside", line));
      for (const each of block.quotes) whole.append(quote(each, open));
    }
    const offers = [...told.options, ...told.suggestions];
    if (offers.length) {
      const list = part("p", "answer-offers");
      for (const text of offers) {
        const button = part("button", "button small outside", text);
        button.type = "button";
        button.addEventListener("click", () => ask(text));
        list.append(button);
      }
      whole.append(list);
    }
    if (told.reviewed) whole.append(review(told.reviewed));
    whole.append(part("p", "hint", told.disclaimer));
    return whole;
  }

  // A line such as “2. …？” that is offered as a button, too.
  const offered = (told, line) => told.options.includes(line.replace(/^\d+[.、]\s*/, ""));

  function quote(each, open) {
    const box = part("div", "answer-quote");
    const source = part("p", "path outside", "[" + each.mark + "] " + each.source + (each.place ? " " + each.place : "") + " ");
    const marks = part("span", "badges");
    badges(marks, { validity: each.validity.filter((one) => one.tone !== "plain") });
    source.append(marks);
    box.append(part("p", "quote outside", tight(each.text)), source);
    box.addEventListener("click", () => open(each.id));
    return box;
  }

  // One clause, with its neighbours once they are known. `step(id)` is called for a neighbour.
  function passage(told, terms, step) {
    const whole = made("t-passage");
    const [head, before, text, after] = whole.children;
    head.querySelector(".passage-source").textContent = told.source;
    head.querySelector(".path").textContent = told.path.join(" › ") + (told.place ? "　" + told.place : "");
    badges(head.querySelector(".badges"), told);
    write(text, tight(told.text), terms);
    for (const [button, beside, arrow] of [[before, told.previous, "← "], [after, told.next, "→ "]]) {
      if (!beside) continue;
      button.textContent = arrow + oneLine(beside.text);
      button.addEventListener("click", () => step(beside.id));
    }
    return whole;
  }

  function pin(told, open, drop) {
    const row = made("t-pin");
    row.querySelector(".pin-source").textContent = [told.label || told.path[told.path.length - 1], told.title].filter(Boolean).join(" · ");
    row.title = told.source;
    row.querySelector(".pin-text").textContent = oneLine(told.text).slice(0, 60);
    row.querySelector(".pin-open").addEventListener("click", open);
    row.querySelector(".pin-drop").addEventListener("click", drop);
    return row;
  }

  // A quote, 《文件》（文号）and label, in one go.
  const copied = (told) => told.text + "\n——" + told.source;

  function copiedAnswer(told) {
    const quotes = [...told.blocks.flatMap((block) => block.quotes), ...told.others];
    return quotes.length ? quotes.map(copied).join("\n") : told.text.trim();
  }

  return { made, part, hit, card, answer, passage, pin, copied, copiedAnswer };
})();

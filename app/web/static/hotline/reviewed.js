// Drafting a reviewed answer: clauses are found and chosen, and the answer is shown as a citizen would get it.
"use strict";
(() => {
  const form = document.getElementById("reviewed-form");
  const points = document.getElementById("points");
  const picker = document.getElementById("picker");
  const found = document.getElementById("found");
  const preview = document.getElementById("preview");
  const PAUSE = 1200; // ms after the last change before the preview is made anew
  let timer = 0;
  let searching = null;
  let showing = null;

  // An element with a class, a text and children. Whatever came from people or texts goes in as text.
  function make(tag, name, text, ...children) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  function button(text, act) {
    const made = make("button", "button small", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function choose(value, quote, where) {
    const taken = [...points.querySelectorAll("input[name=point]")].some((each) => each.value === value);
    if (taken) return zhengwen.toast("这一条已经选过了。");
    const hidden = make("input");
    Object.assign(hidden, { type: "hidden", name: "point", value });
    const remove = button("移除", () => {});
    remove.dataset.remove = "";
    points.append(make("li", "card reviewed-point", "", hidden, make("p", "quote outside", quote),
      make("p", "spread", "", make("span", "path outside", where), remove)));
    changed();
  }

  function offered(hit) {
    const where = [hit.document_title, ...hit.heading_path, hit.label].filter(Boolean).join(" › ");
    const acts = make("p", "actions", "", button("选整条", () => choose(hit.value, hit.whole, where)));
    for (const item of hit.items) {
      acts.append(button("选" + (item.label || "此项"), () => choose(item.value, item.text, where + item.label)));
    }
    return make("div", "card reviewed-found", "", make("p", "path outside", where), make("p", "item-text outside", hit.text), acts);
  }

  async function search() {
    if (searching) searching.abort();
    searching = new AbortController();
    const query = picker.value.trim();
    if (!query) return found.replaceChildren();
    try {
      const data = new FormData();
      data.set("q", query);
      const said = await zhengwen.post("/hotline/reviewed/clauses", data, { signal: searching.signal });
      found.replaceChildren(...said.hits.map(offered));
      if (!said.hits.length) found.append(make("p", "soft", "没有找到相关条款，可以换一种说法。"));
    } catch (error) {
      if (error.name !== "AbortError") found.replaceChildren(make("p", "error", error.message));
    }
  }

  function conflict(each) {
    const line = make("li");
    const link = make("a", "outside", each.question);
    link.href = "/hotline/reviewed/" + encodeURIComponent(each.id);
    link.target = "_blank";
    link.rel = "noopener";
    const told = (each.same ? "（问题相同" : "（与“" + each.ours + "”相近") + (each.same_clauses ? "，条款相同）" : "，条款不同）");
    line.append(link, told);
    return line;
  }

  function show(said) {
    const made = said.troubles.map((each) => make("p", "alert outside", each + "。"));
    if (said.conflicts.length) {
      made.push(make("div", "alert warn", "", make("p", "", "已有相同或相近的问题："), make("ul", "", "", ...said.conflicts.map(conflict))));
    }
    if (said.figures.length) {
      made.push(make("p", "alert warn outside", "口径中的“" + said.figures.join("”“") + "”不在引文里，请核对。"));
    }
    if (said.text) {
      made.push(make("p", "quote outside", said.text.trim()));
      made.push(make("p", "reviewed-spoken outside", "念给来电人：" + said.spoken));
    } else {
      made.push(make("p", "soft", "还没有可以引用的条款。"));
    }
    preview.replaceChildren(...made);
  }

  async function look() {
    clearTimeout(timer);
    if (!form.elements.question.value.trim()) return;
    if (showing) showing.abort();
    showing = new AbortController();
    const data = new FormData(form);
    data.set("entry", form.dataset.entry);
    try {
      show(await zhengwen.post("/hotline/reviewed/preview", data, { signal: showing.signal }));
    } catch (error) {
      if (error.name !== "AbortError") preview.replaceChildren(make("p", "error", error.message));
    }
  }

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  }

  picker.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // the form stays
    search();
  });
  points.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove]");
    if (!remove) return;
    remove.closest("li").remove();
    changed();
  });
  form.addEventListener("input", (event) => {
    if (event.target !== picker) changed();
  });
  document.getElementById("preview-now").addEventListener("click", look);
  if (points.children.length) look();
})();

// Bringing documents in: drag and drop, how far an upload is, how far a publication is. Without a script the forms do.
"use strict";
(() => {
  const PAUSE = 800; // ms between two looks at a publication
  const READING = "正在读取文件，大的 PDF 需要一会儿…";

  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.elements.file;
    const said = form.querySelector("[data-said]");
    const bar = form.querySelector("progress");
    const say = (text) => (said ? (said.textContent = text) : zhengwen.toast(text));

    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("over");
      if (event.dataTransfer.files.length !== 1) {
        say("一次拖入一个文件；多个文件请先打成 ZIP。");
        return;
      }
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, bar, say);
    });
  }

  function send(form, bar, say) {
    const request = new XMLHttpRequest(); // fetch does not tell how much of a body has gone out
    const button = form.querySelector("button");
    const settle = (text) => {
      say(text);
      button.disabled = false;
      if (bar) bar.hidden = true;
    };
    const ticket = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("");
    const content = new FormData(form);
    content.append("ticket", ticket);
    let waits = 0; // the timer that asks for the file's place
    let over = false;
    const meanwhile = (text) => over || say(text);
    button.disabled = true;
    if (bar) bar.hidden = false;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", zhengwen.csrf);
    request.upload.addEventListener("progress", (event) => {
      if (bar && event.lengthComputable) bar.value = event.loaded / event.total;
      say(event.loaded === event.total ? READING : "正在上传…");
      if (event.loaded === event.total && !waits) waits = setInterval(() => place(ticket, meanwhile), PAUSE);
    });
    request.addEventListener("loadend", () => {
      over = true;
      clearInterval(waits);
    });
    request.addEventListener("load", () => {
      let told = null;
      try {
        told = JSON.parse(request.responseText);
      } catch {
        told = null;
      }
      if (request.status === 200 && told) location.href = told.url;
      else if (request.status === 401) location.href = "/hotline/sign-in?next=/admin/documents";
      else settle((told && (told.detail || told.title)) || "上传没有成功，请稍后再试。");
    });
    request.addEventListener("error", () => settle("连不上服务器，请检查网络后再试。"));
    request.send(content);
  }

  async function place(ticket, say) {
    try {
      const { ahead } = await zhengwen.ask(`/admin/documents/reading/${ticket}`);
      say(ahead === null ? READING : `前面还有 ${ahead + 1} 份文件在读取，请稍候…`);
    } catch {
      // the next look may tell
    }
  }

  const work = document.getElementById("work");
  if (work && !work.hidden) watch(work.dataset.progress);

  async function watch(url) {
    const bar = document.getElementById("work-bar");
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      let now;
      try {
        now = await zhengwen.ask(url);
      } catch (error) {
        zhengwen.toast(error.message, "bad");
        continue;
      }
      if (now.state !== "working") {
        location.reload();
        return;
      }
      document.getElementById("work-stage").textContent = now.stage || "正在发布";
      document.getElementById("work-count").textContent = now.total ? `${now.done} / ${now.total}` : "";
      if (now.total) {
        bar.max = now.total;
        bar.value = now.done;
      }
    }
  }
})();

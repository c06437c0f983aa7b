// What every console page shares: requests that carry the form's token, short notices, questions before a deed.
// <form data-confirm="…"> asks first. <form data-ends> ends the session. <button data-opens="id"> opens the dialog of that id, [data-closes] closes it.
"use strict";
const zhengwen = (() => {
  const csrf = document.querySelector("meta[name=csrf]").content;
  const box = document.getElementById("toasts");
  const STAY = 5000; // ms

  function toast(text, kind) {
    const line = document.createElement("p");
    line.className = kind === "bad" ? "toast bad" : "toast";
    line.textContent = text;
    box.append(line);
    setTimeout(() => line.remove(), kind === "bad" ? 2 * STAY : STAY);
  }

  // The answer as JSON. What went wrong is an Error whose message is the server's sentence; a session that is over
  // leads to the sign-in page and back.
  async function ask(url, options) {
    const given = options || {};
    const headers = { Accept: "application/json", "X-CSRF-Token": csrf, ...given.headers };
    let response;
    try {
      response = await fetch(url, { ...given, headers });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error("连不上服务器，请检查网络后再试。");
    }
    if (response.status === 401) {
      location.href = "/hotline/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
      throw new Error("登录已过期，请重新登录。");
    }
    const said = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) throw new Error((said && (said.detail || said.title)) || "请求没有成功，请稍后再试。");
    return said;
  }

  // `data`: an object becomes JSON, a FormData goes as it is.
  function post(url, data, options) {
    const form = data instanceof FormData;
    return ask(url, {
      method: "POST",
      body: form ? data : JSON.stringify(data || {}),
      headers: form ? {} : { "Content-Type": "application/json" },
      ...options,
    });
  }

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
    else if (event.target.hasAttribute("data-ends")) sessionStorage.clear(); // drafts are for who signed in
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog").close();
  });
  // A control that filters sends its form as soon as it is changed.
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-live]")) event.target.form.requestSubmit();
  });
  for (const line of box.children) setTimeout(() => line.remove(), STAY);

  return { csrf, toast, ask, post };
})();

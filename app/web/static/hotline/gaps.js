// One box that ticks all the others of its form.
"use strict";
for (const box of document.querySelectorAll("[data-all]"))
  box.addEventListener("change", () => {
    for (const each of box.form.elements) if (each.name === box.dataset.all) each.checked = box.checked;
  });

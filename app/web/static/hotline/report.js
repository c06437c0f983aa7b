// The weekly report's one button.
"use strict";
document.getElementById("print").addEventListener("click", () => window.print());

// Applies the remembered theme before the first paint; a classic script, since a module would run too late.
"use strict";
try {
  const theme = localStorage.getItem("playground.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden by the browser's settings: the page then follows the system.
}

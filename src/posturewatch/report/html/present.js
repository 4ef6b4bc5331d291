"use strict";
/* Turns the pages of visit mode: arrow keys, Page Up and Down, Home, End, space, 1 to 4. A page that is higher than the
   screen is scrolled by the keys up and down first. Without scripts they all scroll. */
(function () {
  const sheets = [...document.querySelectorAll(".sheet")];
  const shown = () => sheets.reduce((best, sheet, index) =>
    (Math.abs(sheet.getBoundingClientRect().top) < Math.abs(sheets[best].getBoundingClientRect().top) ? index : best), 0);
  let wanted = null; /* while it scrolls, the page that it scrolls to */
  addEventListener("scrollend", () => { wanted = null; });
  function turnTo(index) {
    wanted = Math.max(0, Math.min(sheets.length - 1, index));
    sheets[wanted].scrollIntoView();
    sheets[wanted].focus({ preventScroll: true });
  }
  const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = wanted === null ? shown() : wanted;
    const { top, bottom } = sheets[from].getBoundingClientRect();
    if (event.key === "ArrowDown" && bottom > innerHeight + 4 || event.key === "ArrowUp" && top < -4) return;
    if (event.key in steps) turnTo(from + (event.key === " " && event.shiftKey ? -1 : steps[event.key]));
    else if (/^[1-9]$/.test(event.key) && Number(event.key) <= sheets.length) turnTo(Number(event.key) - 1);
    else return;
    event.preventDefault();
  });
}());

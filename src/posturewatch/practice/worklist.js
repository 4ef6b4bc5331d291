"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const body = document.getElementById("rows");
  const search = document.getElementById("search");
  const look = document.getElementById("look");
  const order = document.getElementById("order");
  const more = document.getElementById("more");
  const shown = document.getElementById("shown");
  const nobody = document.getElementById("nobody");
  const table = document.querySelector("#list .scroll");
  const heads = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent);
  const every = data.rows.map((_row, place) => place);
  const orders = {
    look: every,
    new: [...every].sort((a, b) => (data.rows[a][3] < data.rows[b][3] ? 1 : data.rows[a][3] > data.rows[b][3] ? -1 : a - b)),
    number: [...every].sort((a, b) => data.rows[a][0] - data.rows[b][0]),
  };
  let chosen = every;
  let count = data.more;

  function row(place) {
    const made = document.createElement("tr");
    made.className = `look${data.looks[place]}`;
    data.rows[place].forEach((cell, column) => {
      const one = document.createElement(column ? "td" : "th");
      const link = column ? undefined : data.links[cell];
      if (column) one.dataset.label = heads[column];
      else one.scope = "row";
      if (link) {
        const anchor = document.createElement("a");
        anchor.href = link;
        anchor.textContent = cell;
        one.append(anchor);
      } else {
        one.textContent = cell;
      }
      made.append(one);
    });
    return made;
  }

  function draw() {
    body.replaceChildren(...chosen.slice(0, count).map(row));
    more.hidden = count >= chosen.length;
    nobody.hidden = chosen.length > 0;
    table.hidden = !nobody.hidden;
    const numbers = { shown: Math.min(count, chosen.length), all: chosen.length };
    shown.textContent = data.shown.replace("{shown}", numbers.shown).replace("{all}", numbers.all);
  }

  function choose() {
    const wanted = search.value.trim().toLocaleLowerCase();
    chosen = orders[order.value].filter((place) =>
      (look.value === "" || data.looks[place] === Number(look.value)) &&
      (wanted === "" || data.rows[place][0] === wanted || data.names[place].includes(wanted)));
    count = data.more;
    draw();
  }

  search.addEventListener("input", choose);
  look.addEventListener("change", choose);
  order.addEventListener("change", choose);
  more.addEventListener("click", () => { count += 4 * data.more; draw(); });
  choose();
})();

"use strict";
/* Draws the report's charts with Plotly from the numbers in #data. Every chart has its words and its table
   in the page already; this file only adds what is better looked at than read. Nothing is fetched. */
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const settings = { displayModeBar: false, responsive: true, doubleClick: "reset" };
  let paper = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const bandColours = () => [0, 1, 2, 3].map((index) => colour("band" + index));
  const parts = (fill) => [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
  /* dark or white, whichever stands out more (relative luminance of WCAG 2) */
  function inkOn(rgb) {
    const [red, green, blue] = rgb.map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.198 ? "#10171e" : "#ffffff";
  }
  const length = (inches) => (inches === null ? null : inches * data.factor);
  /* Only the minutes of a day's line are put into words here: as quantities.py does, with a true minus and none before a zero. */
  const shown = (inches) => (inches === null ? words.none : length(inches).toLocaleString(data.lang, {
    minimumFractionDigits: data.digits, maximumFractionDigits: data.digits, signDisplay: "negative" }).replace("-", "−") + "\u00a0" + data.unit);

  function registerLocale() {
    const name = (options, date) => new Intl.DateTimeFormat(data.lang, { timeZone: "UTC", ...options }).format(date);
    const months = [...Array(12).keys()].map((month) => new Date(Date.UTC(2026, month, 15)));
    const days = [...Array(7).keys()].map((day) => new Date(Date.UTC(2026, 1, 1 + day))); // 1 February 2026: a Sunday
    Plotly.register({ moduleType: "locale", name: data.lang, dictionary: {}, format: {
      days: days.map((day) => name({ weekday: "long" }, day)), shortDays: days.map((day) => name({ weekday: "short" }, day)),
      months: months.map((month) => name({ month: "long" }, month)), shortMonths: months.map((month) => name({ month: "short" }, month)),
      date: "%Y-%m-%d", time: "%H:%M", dateTime: "%Y-%m-%d %H:%M", periods: ["AM", "PM"],
      decimal: data.separators[0], thousands: data.separators[1], grouping: [3], currency: ["", ""] } });
  }

  function layout(more) {
    const axis = { gridcolor: colour("grid"), linecolor: colour("line"), zerolinecolor: colour("line"), fixedrange: true, automargin: true };
    const base = {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", separators: data.separators, showlegend: false,
      font: { size: Number(colour("chart-font")) || 12, color: colour("ink") }, margin: { l: 48, r: 12, t: 8, b: 36 }, dragmode: false, bargap: 0.15,
      hoverlabel: { bgcolor: "#17212b", font: { color: "#ffffff" } },
    };
    const made = Object.assign(base, more);
    for (const key of Object.keys(made).filter((name) => /^[xy]axis\d*$/.test(name))) made[key] = Object.assign({}, axis, made[key]);
    return made;
  }

  function draw(id, traces, more) {
    const place = document.getElementById(id);
    if (!place) return;
    for (const still of place.querySelectorAll("noscript")) still.remove();
    const made = layout(more);
    if (paper) Object.assign(made, { width: (Number(colour("paper-wide")) || 690) * (Number(getComputedStyle(place).getPropertyValue("--paper-share")) || Math.min(1, place.clientWidth / place.closest("section").clientWidth || 1)), height: Math.max(230, Math.round(place.clientHeight * 0.8)) });
    else if (place.data) Plotly.purge(place); // a size given for paper would stay
    Plotly.react(place, traces, made, Object.assign({ locale: data.lang }, settings));
    const label = place.getAttribute("aria-label");
    for (const svg of place.querySelectorAll("svg")) svg.setAttribute("aria-hidden", "true");
    place.setAttribute("role", "img");
    if (label) place.setAttribute("aria-label", label);
  }

  const dayAxis = () => ({ type: "date", tickformat: data.days.length > 20 ? data.dayFormat : "%a %-d", nticks: innerWidth < 600 ? 4 : 8 });
  const stack = (name, values, fill, pattern) => ({
    type: "bar", name, x: data.days.map((day) => day.d), y: values.map((spent) => spent[0]), hovertemplate: "%{x|%Y-%m-%d}<br>" + name + ": %{customdata}<extra></extra>",
    customdata: values.map((spent) => spent[1]), marker: { color: fill, line: { width: 0 }, pattern } });

  function drawQuality() {
    const parts = [["v", words.valid, colour("band2")], ["u", words.unreliable, colour("unreliable")],
      ["a", words.away, colour("away")], ["p", words.paused, colour("paused")], ["o", words.off, colour("off")]];
    draw("chart-quality", parts.map(([key, name, fill]) => stack(name, data.days.map((day) => day[key]), fill)),
      { barmode: "stack", xaxis: dayAxis(), yaxis: { title: { text: words.hours }, tickvals: [0, 120, 240, 360, 480, 600, 720, 960, 1200, 1440],
        ticktext: ["0", "2", "4", "6", "8", "10", "12", "16", "20", "24"] } });
  }

  function drawDays() {
    const fills = bandColours();
    const thin = data.days.map((day) => (!day.ok ? "/" : day.tied ? "" : "."));
    draw("chart-days", data.bands.map((name, index) => stack(name, data.days.map((day) => day.b[index]), fills[index],
      { shape: thin, fgcolor: colour("paper"), fillmode: "overlay", size: 5, solidity: 0.55 })),
    { barmode: "stack", xaxis: dayAxis(), yaxis: { title: { text: words.validMinutes } } });
  }

  function drawBands() {
    const fills = bandColours();
    const ink = fills.map((fill) => inkOn(parts(fill)));
    draw("chart-bands", data.bands.map((name, index) => ({
      type: "bar", orientation: "h", name, x: [data.bandShare[index]], y: [""], marker: { color: fills[index], line: { color: colour("paper"), width: 1 } },
      hovertemplate: name + ": %{customdata}<extra></extra>", customdata: [data.bandSays[1][index]],
      text: data.bandShare[index] >= 6 ? data.bandSays[0][index] : "", textposition: "inside", insidetextanchor: "middle",
      textfont: { color: ink[index] }, constraintext: "none", textangle: 0 })),
    { barmode: "stack", bargap: 0.1, margin: { l: 22, r: 22, t: 4, b: 34 }, xaxis: { range: [0, 100], tickvals: [0, 25, 50, 75, 100], ticktext: ["0 %", "25 %", "50 %", "75 %", "100 %"] }, yaxis: { showticklabels: false } });
  }

  function drawHeat() {
    const fills = bandColours();
    const heat = data.heat;
    const roomy = paper || innerWidth > 800; // a cell is wide enough for its number
    const at = [0, 0.5, 1, 2]; // inches at which the colours of the bands stand
    const shade = (cell) => {
      const upper = Math.max(1, at.findIndex((edge) => Math.min(Math.max(cell, 0), 2) <= edge));
      const way = (Math.min(Math.max(cell, 0), 2) - at[upper - 1]) / (at[upper] - at[upper - 1]);
      return parts(fills[upper - 1]).map((value, index) => value + way * (parts(fills[upper])[index] - value));
    };
    const numbers = !roomy ? [] : heat.z.flatMap((row, line) => row.map((cell, column) => [cell, line, column])).filter(([cell]) => cell !== null).map(([cell, line, column]) => ({
      x: column, y: line, showarrow: false, font: { color: inkOn(shade(cell)) },
      text: heat.short[line][column] }));
    draw("chart-heat", [{
      type: "heatmap", x: heat.hours, y: heat.weekdays, z: heat.z.map((row) => row.map(length)), customdata: heat.says,
      hovertemplate: "%{y} %{x}:00<br>%{customdata}<extra></extra>", hoverongaps: false, xgap: 2, ygap: 2, zmin: 0, zmax: length(2),
      colorscale: [[0, fills[0]], [0.25, fills[1]], [0.5, fills[2]], [1, fills[3]]],
      colorbar: { thickness: 12, outlinewidth: 0, title: { text: data.unit, side: "right" }, tickfont: { color: colour("ink") } } }],
    { annotations: numbers, xaxis: { title: { text: words.hourOfDay }, dtick: innerWidth < 600 ? 3 : 1, showgrid: false, type: "category" }, yaxis: { autorange: "reversed", showgrid: false } });
  }

  function drawWeeks() {
    if (!document.getElementById("chart-weeks")) return;
    const weeks = data.weeks;
    const x = weeks.map((week) => week.start);
    const crowded = weeks.length > 60; // more than a year: marks and bars would hide one another
    const shapes = data.calibrations.map(([day]) => ({ type: "line", xref: "x", yref: "y domain", x0: day, x1: day, y0: 0, y1: 1,
      line: { color: colour("soft"), width: 1, dash: "dash" }, layer: "below" }));
    const traces = [
      { type: "scatter", mode: "lines", x, y: weeks.map((week) => length(week.p90)), line: { color: colour("ink"), width: 2, dash: "dot" },
        customdata: weeks.map((week) => week.says[1]), hovertemplate: words.p90 + ": %{customdata}<extra></extra>" },
      { type: "scatter", mode: "lines+markers", x, y: weeks.map((week) => length(week.m)), line: { color: colour("band2"), width: crowded ? 1.5 : 2.5 },
        marker: { size: crowded ? 4 : 8, color: weeks.map((week) => colour(week.judged ? "band2" : "paper")), line: { color: colour("band2"), width: crowded ? 1 : 2 } },
        error_y: { type: "data", array: weeks.map((week) => length(week.se)), color: colour(crowded ? "ribbon" : "soft"), thickness: 1.2, width: crowded ? 0 : 4 },
        customdata: weeks.map((week) => week.says[0] + ", " + week.usable + " " + words.usableDays),
        hovertemplate: "%{x|%Y-%m-%d}<br>" + words.median + ": %{customdata}<extra></extra>" }];
    if (data.calibrations.length) traces.push({ type: "scatter", mode: "markers", x: data.calibrations.map(([day]) => day), y: data.calibrations.map(() => 0),
      marker: { symbol: "triangle-up", size: 9, color: colour("soft") }, text: data.calibrations.map(([, says]) => says), hovertemplate: "%{text}<extra></extra>" });
    const near = (day, by) => new Date(Date.parse(day) + by * 864e5).toISOString().slice(0, 10); // half a week beyond the ends
    const more = { shapes, hovermode: "closest", xaxis: { type: "date", range: [near(x[0], -4), near(x[x.length - 1], 4)], tickformat: data.weekFormat, anchor: "y2",
      tickvals: x.filter((_monday, index) => (x.length - 1 - index) % Math.ceil(x.length / (innerWidth < 600 ? 4 : 8)) === 0) },
      yaxis: { title: { text: words.fht + " (" + data.unit + ")" }, domain: data.hasDiary ? [0.4, 1] : [0, 1], rangemode: "tozero" } };
    if (data.hasDiary) {
      traces.push({ type: "bar", x, y: weeks.map((week) => week.noted), xaxis: "x", yaxis: "y2", marker: { color: colour("away"), line: { color: colour("soft"), width: crowded ? 0 : 1 } }, width: 4.2e8,
        hovertemplate: "%{x|%Y-%m-%d}<br>" + words.notedDays + ": %{y}<extra></extra>" });
      traces.push({ type: "bar", x, y: weeks.map((week) => week.ache), xaxis: "x", yaxis: "y2", marker: { color: colour("ache") }, width: 4.2e8,
        hovertemplate: "%{x|%Y-%m-%d}<br>" + words.acheDays + ": %{y}<extra></extra>" });
      Object.assign(more, { barmode: "overlay", yaxis2: { title: { text: words.days }, domain: [0, 0.28], range: [0, 7.4], dtick: 2, anchor: "x" } });
    } else more.xaxis.anchor = "y";
    draw("chart-weeks", traces, more);
  }

  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+,-./:;=?@[]^_{|}~";
  const states = { v: "band2", u: "unreliable", a: "away", p: "paused", o: "off" };

  function clock(day, minute) {
    let shift = 0;
    for (const [from, by] of day.z) if (minute >= from) shift = by;
    const at = ((minute + shift) % 1440 + 1440) % 1440;
    return String(Math.floor(at / 60)).padStart(2, "0") + ":" + String(Math.floor(at) % 60).padStart(2, "0");
  }

  function drawTimeline() {
    const chooser = document.getElementById("day-choice");
    const name = chooser ? chooser.value : Object.keys(data.timeline)[0];
    const day = data.timeline[name];
    if (!day) return;
    const x = [], y = [], hover = [], edgeX = [], edgeY = [];
    const value = (text, index) => (text[index] === " " ? null : (letters.indexOf(text[index]) * 0.05 - 1));
    let above = [], below = [];
    const closeRibbon = () => {
      if (above.length) {
        const sides = above.concat(below.reverse());
        sides.push(above[0]);
        for (const [at, edge] of sides) { edgeX.push(at); edgeY.push(edge); }
        edgeX.push(null); edgeY.push(null);
      }
      above = []; below = [];
    };
    for (let index = 0; index < day.v.length; index += 1) {
      const fht = value(day.v, index);
      const error = fht === null ? null : value(day.e, index) + 1;
      x.push(day.s + index); y.push(length(fht));
      hover.push(clock(day, day.s + index) + "<br>" + (fht === null ? words.none : shown(fht) + " ± " + shown(error)));
      if (fht === null) closeRibbon();
      else { above.push([day.s + index, length(fht + error)]); below.push([day.s + index, length(fht - error)]); }
    }
    closeRibbon();
    const ticks = [];
    const room = Math.max(60, day.v.length); // a demonstration of a minute is still drawn on an hour
    const step = room > 180 ? (innerWidth < 600 ? 180 : 60) : 15;
    for (let at = Math.floor(day.s / step) * step; at <= day.s + room; at += step) ticks.push(at);
    const traces = [
      { type: "scatter", mode: "lines", x: edgeX, y: edgeY, fill: "toself", fillcolor: colour("ribbon"), line: { width: 0 }, hoverinfo: "skip" },
      { type: "scatter", mode: day.v.length > 120 ? "lines" : "lines+markers", x, y, line: { color: colour("band2"), width: 2 }, marker: { size: 5 }, text: hover, hovertemplate: "%{text}<extra></extra>", connectgaps: false }];
    for (const key of Object.keys(states)) {
      const spans = day.st.filter((span) => span[2] === key);
      if (spans.length) traces.push({ type: "bar", orientation: "h", yaxis: "y2", base: spans.map((span) => span[0]), x: spans.map((span) => span[1]), y: spans.map(() => words.state),
        marker: { color: colour(states[key]), line: { width: 0 } }, text: spans.map((span) => words.states[key] + "<br>" + clock(day, span[0]) + "–" + clock(day, span[0] + span[1])),
        textposition: "none", hovertemplate: "%{text}<extra></extra>", width: 0.7 });
    }
    /* unseen points keep every lane in its place on a day without marks */
    traces.push({ type: "scatter", mode: "markers", yaxis: "y3", x: data.lanes.map(() => day.s), y: data.lanes, marker: { opacity: 0 }, hoverinfo: "skip" });
    if (day.ev.length) traces.push({ type: "scatter", mode: "markers", yaxis: "y3", x: day.ev.map((event) => event[0]), y: day.ev.map((event) => data.lanes[event[1]]),
      text: day.ev.map((event) => clock(day, event[0]) + "<br>" + data.eventWords[event[2]]), hovertemplate: "%{text}<extra></extra>",
      marker: { size: 10, color: day.ev.map((event) => colour(["mark", "band2", "soft", "ache"][event[1]])),
        symbol: day.ev.map((event) => data.eventSigns[event[2]]), line: { width: 1.5, color: day.ev.map((event) => colour(["mark", "band2", "soft", "ache"][event[1]])) } } });
    const limit = length(1);
    draw("chart-timeline", traces, { barmode: "overlay", hovermode: "closest",
      xaxis: { tickvals: ticks, ticktext: ticks.map((at) => clock(day, at)), range: [day.s - 8, day.s + room + 8], anchor: "y3" },
      yaxis: { title: { text: words.fht + " (" + data.unit + ")" }, domain: [0.48, 1], zeroline: true },
      yaxis2: { domain: [0.34, 0.43], showgrid: false },
      yaxis3: { domain: [0, 0.3], categoryorder: "array", categoryarray: data.lanes.slice().reverse(), range: [-0.6, data.lanes.length - 0.4], type: "category" },
      shapes: [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: limit, y1: limit, yref: "y", line: { color: colour("soft"), width: 1, dash: "dash" } }] });
    fillDay(day);
  }

  function fillDay(day) {
    const body = document.querySelector("#day-table tbody");
    if (body) body.replaceChildren(...day.h.map((row) => {
      const line = document.createElement("tr");
      row.forEach((cell, index) => {
        const made = document.createElement(index ? "td" : "th");
        if (!index) made.scope = "row";
        made.textContent = cell;
        line.append(made);
      });
      return line;
    }));
    const says = document.getElementById("day-words");
    if (says) says.textContent = day.says;
  }

  function drawAll() {
    drawQuality(); drawBands(); drawDays(); drawHeat(); drawWeeks(); drawTimeline();
  }

  function wireChoice() {
    const chooser = document.getElementById("day-choice");
    if (!chooser) return;
    const back = document.getElementById("day-back");
    const on = document.getElementById("day-on");
    const settle = () => { back.disabled = chooser.selectedIndex === 0; on.disabled = chooser.selectedIndex === chooser.options.length - 1; drawTimeline(); };
    chooser.addEventListener("change", settle);
    back.addEventListener("click", () => { chooser.selectedIndex -= 1; settle(); });
    on.addEventListener("click", () => { chooser.selectedIndex += 1; settle(); });
    settle();
  }

  registerLocale();
  drawAll();
  wireChoice();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  /* Paper is light and cannot be unfolded: the page puts on its light colours and opens its small tables. */
  function turnToPaper(on) {
    paper = on;
    document.documentElement.classList.toggle("paper", on);
    for (const fold of document.querySelectorAll("details.paper")) {
      if (on) { fold.dataset.open = fold.open ? "1" : ""; fold.open = true; } else fold.open = fold.dataset.open === "1";
    }
    drawAll();
  }
  addEventListener("beforeprint", () => turnToPaper(true));
  addEventListener("afterprint", () => turnToPaper(false));
}());

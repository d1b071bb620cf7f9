// --- draw.js: the diagram. Only what is in sight is drawn; what was drawn is kept for the pointer.

const HEADER = 30;
const TIME_WIDTH = 84;
const BAND_WIDTH = 17;
const MANY_ARROWS = 1200;
const LABELLED_ARROWS = 260;
const FONT = 'system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif';

/** Where things are across the page. */
function makeLayout(view) {
  const columns = view.bandColumns.count;
  const gutter = TIME_WIDTH + Math.max(1, columns) * BAND_WIDTH + 14;
  const lanes = view.run.lanes.length;
  const laneWidth = Math.max(110, (view.width - gutter - 10) / Math.max(1, lanes));
  const widest = gutter + lanes * laneWidth;
  view.left = Math.max(0, Math.min(view.left, widest - view.width));
  return {
    gutter,
    laneWidth,
    x: (lane) => (lane === WORLD ? gutter - 8 : gutter + (lane + 0.4) * laneWidth - view.left),
    band: (column) => TIME_WIDTH + column * BAND_WIDTH,
  };
}

/** Gives each thing that lasts a column of its own among those at the same time. */
function columnsOf(things, start, end, limit) {
  const free = [];
  const columns = new Map();
  for (const thing of things) {
    let column = free.findIndex((until) => until <= start(thing));
    if (column < 0) {
      column = Math.min(free.length, limit - 1);
    }
    free[column] = end(thing);
    columns.set(thing, column);
  }
  return {count: free.length, of: (thing) => columns.get(thing)};
}

function screenY(view, position) {
  return HEADER + 12 + position * view.zoom - view.top;
}

function drawDiagram(view, g) {
  view.layout = makeLayout(view);
  view.drawn = {arrows: [], steps: [], operations: [], bands: [], boxes: []};
  g.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  g.fillStyle = view.theme.surface;
  g.fillRect(0, 0, view.width, view.height);
  g.textBaseline = 'middle';
  drawTime(view, g);
  drawBands(view, g);
  drawSelection(view, g);
  const arrows = arrowsInSight(view);
  drawArrows(view, g, arrows);
  drawLanes(view, g);
  drawOperations(view, g);
  drawSteps(view, g);
  drawLaneLabels(view, g);
  if (arrows.length <= LABELLED_ARROWS) {
    drawArrowLabels(view, g);
  }
  drawViolation(view, g);
  drawHeader(view, g);
}

// --- time

function drawTime(view, g) {
  g.fillStyle = view.theme.quiet;
  g.strokeStyle = view.theme.grid;
  g.lineWidth = 1;
  g.font = `11px ${FONT}`;
  g.textAlign = 'right';
  if (view.scale.trueTime) {
    drawTrueTicks(view, g);
  } else {
    drawStepTicks(view, g);
  }
}

function tick(view, g, y, text) {
  g.beginPath();
  g.moveTo(TIME_WIDTH, Math.round(y) + 0.5);
  g.lineTo(view.width, Math.round(y) + 0.5);
  g.stroke();
  g.fillText(text, TIME_WIDTH - 6, y);
}

function drawTrueTicks(view, g) {
  let every = 1e-3;
  for (let i = 0; every * view.zoom < 56; i++) {
    every *= i % 3 === 1 ? 2.5 : 2;
  }
  const offset = view.run.firstNanos / 1e6;
  const from = Math.ceil((offset + view.top / view.zoom) / every);
  const to = Math.min((view.top + view.height) / view.zoom, view.scale.end) + offset;
  for (let i = from; i * every <= to; i++) {
    tick(view, g, screenY(view, i * every - offset), millis(i * every * 1e6));
  }
}

function drawStepTicks(view, g) {
  let lastY = -100;
  let before = null;
  forStepsInSight(view, (step, y) => {
    if (before && step.time > before.step.time && y - before.y > 30 && step.time - before.step.time > 2e7) {
      g.font = `italic 11px ${FONT}`;
      g.fillText(`⋮ ${duration(step.time - before.step.time)}`, TIME_WIDTH - 6, (y + before.y) / 2);
      g.font = `11px ${FONT}`;
    }
    if (y - lastY >= 24 && (!before || step.time > before.step.time)) {
      tick(view, g, y, millis(step.time));
      lastY = y;
    }
    before = {step, y};
  });
}

/** Calls with each step that is shown and in sight, and one before them. */
function forStepsInSight(view, action) {
  const {steps} = view.run;
  const from = view.scale.stepAt((view.top - 40) / view.zoom);
  for (let i = Math.max(0, from); i < steps.length; i++) {
    const y = screenY(view, view.scale.ofStep(i));
    if (y > view.height + 20) {
      return;
    }
    if (view.shows(steps[i])) {
      action(steps[i], y);
    }
  }
}

// --- what is so for a while

function drawBands(view, g) {
  const {theme, layout} = view;
  g.font = `11px ${FONT}`;
  for (const band of view.bands) {
    const y0 = Math.max(HEADER, screenY(view, view.scale.ofTime(band.start)));
    const y1 = Math.min(view.height, screenY(view, band.end < 0 ? view.scale.end : view.scale.ofTime(band.end)));
    if (y1 < HEADER || y0 > view.height) {
      continue;
    }
    const x = layout.band(view.bandColumns.of(band));
    g.fillStyle = theme.bandFill;
    g.fillRect(x, y0, BAND_WIDTH - 2, Math.max(2, y1 - y0));
    g.strokeStyle = theme.band;
    g.lineWidth = 1.5;
    g.beginPath();
    g.moveTo(x + 0.5, y0);
    g.lineTo(x + 0.5, Math.max(y0 + 2, y1));
    g.stroke();
    const text = `cut ${band.what}`;
    if (y1 - y0 > 34) {
      g.save();
      g.beginPath();
      g.rect(x, y0, BAND_WIDTH, y1 - y0);
      g.clip();
      g.translate(x + BAND_WIDTH / 2, y0 + 4);
      g.rotate(Math.PI / 2);
      g.fillStyle = theme.band;
      g.textAlign = 'left';
      g.fillText(text, 0, 0);
      g.restore();
    }
    view.drawn.bands.push({band, x, y0, y1, text});
  }
}

// --- the step that is chosen

function drawSelection(view, g) {
  const y = screenY(view, view.scale.ofStep(view.selected));
  g.strokeStyle = view.theme.select;
  g.lineWidth = 1;
  g.setLineDash([2, 3]);
  g.beginPath();
  g.moveTo(TIME_WIDTH, y);
  g.lineTo(view.width, y);
  g.stroke();
  g.setLineDash([]);
}

// --- lanes

function drawLanes(view, g) {
  view.run.lanes.forEach((name, lane) => {
    const states = view.run.timelines[lane];
    const x = view.layout.x(lane);
    const first = Math.max(
      0,
      lastAtMost(states.length, view.top, (i) => (states[i].step < 0 ? -1 : view.scale.ofStep(states[i].step) * view.zoom)),
    );
    for (let i = first; i < states.length; ) {
      let next = i + 1;
      while (next < states.length && looksAlike(view.run, states[i].values, states[next].values)) {
        next++;
      }
      const y0 = stateY(view, states[i]);
      const y1 = next < states.length ? stateY(view, states[next]) : screenY(view, view.scale.end);
      if (y0 > view.height) {
        return;
      }
      drawLanePiece(view, g, states[i].values, x, Math.max(HEADER, y0), Math.min(view.height, y1));
      i = next;
    }
  });
}

function stateY(view, state) {
  return screenY(view, state.step < 0 ? 0 : view.scale.ofStep(state.step));
}

function looksAlike(run, one, other) {
  return ['process', 'role', 'term', 'disk'].every((name) => fieldOf(run, one, name) === fieldOf(run, other, name));
}

function drawLanePiece(view, g, values, x, y0, y1) {
  const {run, theme} = view;
  const height = y1 - y0;
  if (height <= 0) {
    return;
  }
  const process = fieldOf(run, values, 'process');
  if (process === 'down' || process === null) {
    g.strokeStyle = theme.quiet;
    g.lineWidth = 1;
    g.setLineDash([1, 5]);
    g.beginPath();
    g.moveTo(x, y0);
    g.lineTo(x, y1);
    g.stroke();
    g.setLineDash([]);
    return;
  }
  fillRole(g, theme, fieldOf(run, values, 'role') || 'RECOVERING', x, y0, height);
  if (process === 'paused') {
    g.fillStyle = theme.surface;
    for (let y = y0 + 2; y < y1 - 1; y += 5) {
      g.fillRect(x - 9, y, 18, 2.5);
    }
  }
  if (fieldOf(run, values, 'disk')) {
    g.strokeStyle = theme.disk;
    g.lineWidth = 3;
    g.setLineDash([4, 2]);
    g.beginPath();
    g.moveTo(x + 11, y0);
    g.lineTo(x + 11, y1);
    g.stroke();
    g.setLineDash([]);
  }
}

// --- words beside a lane

function drawLaneLabels(view, g) {
  view.run.lanes.forEach((name, lane) => {
    const marks = [];
    const states = view.run.timelines[lane];
    const from = Math.max(
      1,
      lastAtMost(states.length, view.top - 30, (i) => (states[i].step < 0 ? -1 : view.scale.ofStep(states[i].step) * view.zoom)),
    );
    for (let i = from; i < states.length; i++) {
      const y = stateY(view, states[i]);
      if (y > view.height) {
        break;
      }
      const words = wordsOfChange(view.run, states[i - 1].values, states[i].values);
      if (words.text) {
        marks.push({y, ...words, step: states[i].step});
      }
    }
    for (const strong of [true, false]) {
      marks.filter((mark) => mark.strong === strong).forEach((mark) => placeLabel(view, g, lane, mark));
    }
  });
}

/** What changed, as short as it can be: role and term first, then how far the log goes. */
function wordsOfChange(run, before, after) {
  const differs = (name) => fieldOf(run, before, name) !== fieldOf(run, after, name);
  const value = (name) => fieldOf(run, after, name);
  if (differs('process')) {
    const words = {down: '✖ down', paused: '‖ paused', runs: fieldOf(run, before, 'process') === 'paused' ? '▶ goes on' : '▶ starts'};
    return {text: words[value('process')] || value('process'), strong: true, alarm: value('process') !== 'runs'};
  }
  if ((differs('role') || differs('term')) && value('role')) {
    const role = ROLE_WORDS[value('role')] || value('role');
    return {text: `${role} ${value('term')}`, strong: true};
  }
  if (differs('disk')) {
    return {text: value('disk') ? `disk ${value('disk')}` : 'disk is well', strong: true, alarm: value('disk') !== ''};
  }
  const parts = [];
  if (differs('vote') && value('vote')) {
    parts.push(`vote ${value('vote')}`);
  }
  if (differs('last')) {
    parts.push(`log ${value('last')}`);
  }
  if (differs('disk last')) {
    parts.push(`disk ${value('disk last')}`);
  } else if (differs('disk vote') && value('disk vote')) {
    parts.push(`disk: vote ${value('disk vote')}`);
  } else if (differs('disk term')) {
    parts.push(`disk: term ${value('disk term')}`);
  }
  if (differs('commit')) {
    parts.push(`commit ${value('commit')}`);
  }
  if (differs('snapshot')) {
    parts.push(`snapshot ${value('snapshot')}`);
  }
  return {text: parts.join(' · '), strong: false};
}

function placeLabel(view, g, lane, mark) {
  g.font = `${mark.strong ? '600 ' : ''}11px ${FONT}`;
  const x = view.layout.x(lane) + 24; // beside the heads of arrows
  const width = g.measureText(mark.text).width + 6;
  const box = {x: x - 3, y: mark.y - 7, width, height: 14};
  if (mark.y < HEADER || !isFree(view, box)) {
    return;
  }
  view.drawn.boxes.push(box);
  g.globalAlpha = dimmed(view, mark.step) ? 0.25 : 0.9;
  g.fillStyle = view.theme.surface;
  g.fillRect(box.x, box.y, box.width, box.height);
  g.globalAlpha = dimmed(view, mark.step) ? 0.3 : 1;
  g.textAlign = 'left';
  g.fillStyle = mark.alarm ? view.theme.alarm : mark.strong ? view.theme.text : view.theme.quiet;
  g.fillText(mark.text, x, mark.y);
  g.globalAlpha = 1;
}

function isFree(view, box) {
  return view.drawn.boxes.every(
    (other) =>
      box.x + box.width <= other.x ||
      other.x + other.width <= box.x ||
      box.y + box.height <= other.y ||
      other.y + other.height <= box.y,
  );
}

function dimmed(view, step) {
  return view.past !== null && !view.past.has(step);
}

// --- the violation, and who is who

function drawViolation(view, g) {
  const step = view.run.steps.find((one) => one.sort === 'violation');
  if (!step) {
    return;
  }
  const y = screenY(view, view.scale.ofStep(step.index));
  if (y < HEADER || y > view.height + 20) {
    return;
  }
  g.fillStyle = view.theme.alarm;
  g.fillRect(TIME_WIDTH, y - 1.5, view.width - TIME_WIDTH, 3);
  g.font = `600 12px ${FONT}`;
  const text = `✖ ${step.what}`;
  const width = g.measureText(text).width + 14;
  g.fillRect(view.layout.gutter - 8, y, width, 20);
  g.fillStyle = view.theme.surface;
  g.textAlign = 'left';
  g.fillText(text, view.layout.gutter - 1, y + 10);
}

function drawHeader(view, g) {
  g.fillStyle = view.theme.surface;
  g.fillRect(0, 0, view.width, HEADER);
  g.strokeStyle = view.theme.line;
  g.lineWidth = 1;
  g.beginPath();
  g.moveTo(0, HEADER - 0.5);
  g.lineTo(view.width, HEADER - 0.5);
  g.stroke();
  g.textAlign = 'right';
  g.fillStyle = view.theme.quiet;
  g.font = `11px ${FONT}`;
  g.fillText('time ↓', TIME_WIDTH - 6, HEADER / 2);
  view.run.lanes.forEach((name, lane) => {
    const values = stateAt(view.run, lane, view.selected);
    const x = view.layout.x(lane);
    const role = fieldOf(view.run, values, 'role');
    const process = fieldOf(view.run, values, 'process');
    if (process !== 'down' && role) {
      fillRole(g, view.theme, role, x, HEADER - 8, 7);
    }
    g.textAlign = 'center';
    g.fillStyle = view.theme.text;
    g.font = `700 14px ${FONT}`;
    g.fillText(name, x, HEADER / 2 - 3);
    g.textAlign = 'left';
    g.font = `11px ${FONT}`;
    g.fillStyle = view.theme.quiet;
    const word = process === 'down' ? 'down' : role ? `${ROLE_WORDS[role] || role} ${fieldOf(view.run, values, 'term')}` : '';
    g.fillText(process === 'paused' ? `${word}, paused` : word, x + 8 + name.length * 5, HEADER / 2 - 2);
  });
}

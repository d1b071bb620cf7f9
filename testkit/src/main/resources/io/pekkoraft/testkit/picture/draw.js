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
    tick(view, g, screenY(view, i * every - offset), clock(i * every * 1e6));
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
      tick(view, g, y, clock(step.time));
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
  view.run.pieces.forEach((pieces, lane) => {
    const x = view.layout.x(lane);
    const from = lastAtMost(pieces.length, view.top - HEADER, (i) => positionOf(view, pieces[i].step) * view.zoom);
    for (let i = Math.max(0, from); i < pieces.length; i++) {
      const y0 = screenY(view, positionOf(view, pieces[i].step));
      const y1 = screenY(view, i + 1 < pieces.length ? positionOf(view, pieces[i + 1].step) : view.scale.end);
      if (y0 > view.height) {
        return;
      }
      drawLanePiece(view, g, pieces[i], x, Math.max(HEADER, y0), Math.min(view.height, y1));
    }
  });
}

/** Of what begins with a step, or was so before the first. */
function positionOf(view, step) {
  return step < 0 ? 0 : view.scale.ofStep(step);
}

function drawLanePiece(view, g, {process, role, disk, acts, behind}, x, y0, y1) {
  const {theme} = view;
  const height = y1 - y0;
  if (height <= 0) {
    return;
  }
  if (process === 'down' || process === null) {
    dashedLine(g, theme.quiet, 1, [1, 5], x, y0, y1);
    return;
  }
  fillRole(g, theme, role || 'RECOVERING', x, y0, height);
  if (process === 'paused') {
    g.fillStyle = theme.surface;
    for (let y = y0 + 2; y < y1 - 1; y += 5) {
      g.fillRect(x - 9, y, 18, 2.5);
    }
  }
  if (disk) {
    dashedLine(g, theme.disk, 3, [4, 2], x + 11, y0, y1);
  }
  if (acts || behind) {
    drawInstance(g, theme, acts, x - 15, y0, height);
  }
}

/** Beside a lane: filled while an instance of a singleton acts there, hollow while only older ones are there. */
function drawInstance(g, theme, acts, x, y, height) {
  g.lineWidth = 1.2;
  g.strokeStyle = theme.acts;
  g.fillStyle = theme.acts;
  if (acts) {
    g.fillRect(x, y, 5, height);
  } else {
    g.strokeRect(x + 0.6, y + 0.6, 3.8, Math.max(0, height - 1.2));
  }
}

function dashedLine(g, colour, width, dash, x, y0, y1) {
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.setLineDash(dash);
  g.beginPath();
  g.moveTo(x, y0);
  g.lineTo(x, y1);
  g.stroke();
  g.setLineDash([]);
}

// --- words beside a lane

function drawLaneLabels(view, g) {
  const marks = view.run.timelines.map((states, lane) => marksInSight(view, states, lane));
  for (const strong of [true, false]) {
    marks.flat().filter((mark) => mark.words.strong === strong).forEach((mark) => placeLabel(view, g, mark));
  }
}

/** What there is to say of a lane, but for what could not be read between its neighbours. */
function marksInSight(view, states, lane) {
  const marks = [];
  const last = {true: -100, false: -100};
  const from = lastAtMost(states.length, view.top - 30, (i) => positionOf(view, states[i].step) * view.zoom);
  for (let i = Math.max(1, from); i < states.length; i++) {
    const state = states[i];
    const y = screenY(view, positionOf(view, state.step));
    if (y > view.height) {
      break;
    }
    state.words ||= wordsOfChange(view.run, states[i - 1].values, state.values);
    const {strong, parts} = state.words;
    if (parts.length > 0 && y >= HEADER && y - last[strong] >= 10) {
      marks.push({lane, y, words: state.words, step: state.step});
      last[strong] = y;
    }
  }
  return marks;
}

/** What changed, as short as it can be: role and term first, then how far the log goes. */
function wordsOfChange(run, before, after) {
  const differs = (name) => fieldOf(run, before, name) !== fieldOf(run, after, name);
  const value = (name) => fieldOf(run, after, name);
  if (differs('process')) {
    const goesOn = fieldOf(run, before, 'process') === 'paused';
    const words = {down: '✖ down', paused: '‖ paused', runs: goesOn ? '▶ goes on' : '▶ starts'};
    return {parts: [words[value('process')] || value('process')], strong: true, alarm: value('process') !== 'runs'};
  }
  if (differs('acts') || differs('behind')) {
    const words = value('acts') ? `◆ ${value('acts')} acts` : value('behind') ? `◇ ${value('behind')} is behind` : '◇ no instance';
    return {parts: [words], strong: true, alarm: !value('acts') && Boolean(value('behind'))};
  }
  if ((differs('role') || differs('term')) && value('role')) {
    return {parts: [`${ROLE_WORDS[value('role')] || value('role')} ${value('term')}`], strong: true};
  }
  if (differs('disk')) {
    return {parts: [value('disk') ? `disk ${value('disk')}` : 'disk is well'], strong: true, alarm: value('disk') !== ''};
  }
  const parts = [];
  const say = (name, text) => {
    if (differs(name) && value(name) !== null) {
      parts.push(`${text} ${value(name)}`);
    }
  };
  say('vote', 'vote');
  say('last', 'log');
  if (differs('disk last')) {
    say('disk last', 'disk');
  } else if (differs('disk vote')) {
    say('disk vote', 'disk: vote');
  } else {
    say('disk term', 'disk: term');
  }
  say('commit', 'commit');
  say('snapshot', 'snapshot');
  return {parts, strong: false};
}

/** Writes as much of it as there is room for before the next lane. */
function placeLabel(view, g, {lane, y, words, step}) {
  g.font = `${words.strong ? '600 ' : ''}11px ${FONT}`;
  const x = view.layout.x(lane) + 24; // beside the heads of arrows
  const isLast = lane === view.run.lanes.length - 1;
  const room = isLast ? view.width - x - 4 : view.layout.laneWidth - 42;
  let text = words.parts.join(' · ');
  for (let count = words.parts.length - 1; count > 0 && g.measureText(text).width > room; count--) {
    text = words.parts.slice(0, count).join(' · ');
  }
  const box = {x: x - 3, y: y - 7, width: g.measureText(text).width + 6, height: 14};
  if (!isFree(view, box)) {
    return;
  }
  view.drawn.boxes.push(box);
  g.globalAlpha = dimmed(view, step) ? 0.25 : 0.9;
  g.fillStyle = view.theme.surface;
  g.fillRect(box.x, box.y, box.width, box.height);
  g.globalAlpha = dimmed(view, step) ? 0.3 : 1;
  g.textAlign = 'left';
  g.fillStyle = words.alarm ? view.theme.alarm : words.strong ? view.theme.text : view.theme.quiet;
  g.fillText(text, x, y);
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
  const step = view.run.steps[view.run.violation];
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
  if (step.lane !== WORLD) {
    const x = view.layout.x(step.lane);
    g.fillStyle = view.theme.alarm;
    g.beginPath();
    g.arc(x, y, 9, 0, 7);
    g.fill();
    g.strokeStyle = view.theme.surface;
    g.lineWidth = 2.5;
    cross(g, x, y, 4);
  }
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
  g.fillText('time, ms ↓', TIME_WIDTH - 6, HEADER / 2);
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

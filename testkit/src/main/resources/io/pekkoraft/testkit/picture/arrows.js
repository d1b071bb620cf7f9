// --- arrows.js: messages, steps and operations on the diagram.

/** Where each message begins and ends, in the units of the scale. */
function placeMessages(run, scale) {
  const starts = new Float64Array(run.messages.length);
  const ends = new Float64Array(run.messages.length);
  run.messages.forEach((message, i) => {
    starts[i] = message.sentStep >= 0 ? scale.ofStep(message.sentStep) : scale.ofTime(message.sent);
    if (message.endStep >= 0) {
      ends[i] = scale.ofStep(message.endStep);
    } else {
      ends[i] = message.end >= 0 ? scale.ofTime(message.end) : scale.end;
    }
  });
  const operations = run.operations.map(({start, startStep, end, endStep}) => [
    startStep >= 0 ? scale.ofStep(startStep) : scale.ofTime(start),
    endStep >= 0 ? scale.ofStep(endStep) : end < 0 ? scale.end : scale.ofTime(end),
  ]);
  return {starts, ends, operations};
}

function arrowsInSight(view) {
  const {starts, ends} = view.places;
  const from = (view.top - 30) / view.zoom;
  const to = (view.top + view.height) / view.zoom;
  const arrows = view.drawn.arrows;
  view.run.messages.forEach((message, i) => {
    const last = isOpen(message) ? starts[i] : ends[i];
    if (last >= from && starts[i] <= to && view.showsMessage(message)) {
      arrows.push(arrowOf(view, message, screenY(view, starts[i]), screenY(view, ends[i])));
    }
  });
  return arrows;
}

/** What does not arrive is a stub: lost, or not there yet when the picture ends. */
function arrowOf(view, message, y0, y1) {
  const x0 = view.layout.x(message.from);
  const x1 = view.layout.x(message.to);
  const side = Math.sign(x1 - x0) || 1;
  if (message.fate === 'lost') {
    const part = 0.3 * Math.min(1, 240 / Math.abs(x1 - x0 || 1));
    const sink = message.held ? y1 : y0 + 10;
    return {message, x0: x0 + side * 6, y0, x1: x0 + (x1 - x0) * part, y1: sink};
  }
  if (isOpen(message)) {
    const length = message.fate === 'held' ? 24 : 42;
    return {message, x0: x0 + side * 6, y0, x1: x0 + side * length, y1: y0 + 8};
  }
  return {message, x0: x0 + side * 6, y0, x1: x1 - side * 9, y1};
}

/** Under way or held when the picture ends. */
function isOpen(message) {
  return message.fate === 'held' || message.fate === 'under way';
}

function drawArrows(view, g, arrows) {
  if (arrows.length > MANY_ARROWS) {
    drawManyArrows(view, g, arrows);
    return;
  }
  for (const arrow of arrows) {
    const faint = view.past !== null && !isInPast(view, arrow.message);
    g.globalAlpha = faint ? 0.12 : 1;
    drawArrow(view, g, arrow, isChosen(view, arrow.message));
  }
  g.globalAlpha = 1;
}

function isInPast(view, message) {
  return message.endStep >= 0 && view.past.has(message.endStep) && view.past.has(message.sentStep);
}

function isChosen(view, message) {
  return message === view.pointed || message.endStep === view.selected || message.sentStep === view.selected;
}

/**
 * One stroke for each family, and none where one is already: ends and labels could not be told apart
 * anyway.
 */
function drawManyArrows(view, g, arrows) {
  const paths = new Map();
  const drawn = new Set();
  for (const {message, x0, y0, x1, y1} of arrows) {
    const colour = colourOf(view.theme, message);
    const pixels = `${colour}/${message.from}/${message.to}/${Math.round(y0 / 2)}/${Math.round(y1 / 2)}`;
    if (!drawn.has(pixels)) {
      drawn.add(pixels);
      const path = paths.get(colour) || new Path2D();
      paths.set(colour, path);
      path.moveTo(x0, y0);
      path.lineTo(x1, y1);
    }
  }
  g.globalAlpha = Math.max(0.25, Math.min(0.8, 1500 / arrows.length));
  g.lineWidth = 1;
  for (const [colour, path] of paths) {
    g.strokeStyle = colour;
    g.stroke(path);
  }
  g.globalAlpha = 1;
  arrows.filter((arrow) => isChosen(view, arrow.message)).forEach((arrow) => drawArrow(view, g, arrow, true));
}

function drawArrow(view, g, arrow, chosen) {
  const {message, x0, y0, x1, y1} = arrow;
  const colour = colourOf(view.theme, message);
  g.strokeStyle = colour;
  g.fillStyle = colour;
  g.lineWidth = widthOf(message) + (chosen ? 1.4 : 0);
  g.setLineDash(dashOf(message));
  g.beginPath();
  g.moveTo(x0, y0);
  if (message.held && message.fate !== 'held') {
    // It stays at its sender until it is released, and goes then.
    const bend = Math.max(y0, y1 - 14);
    g.lineTo(x0 + Math.sign(x1 - x0) * 10, y0 + Math.min(6, (bend - y0) / 2));
    g.lineTo(x0 + Math.sign(x1 - x0) * 10, bend);
  }
  g.lineTo(x1, y1);
  g.stroke();
  g.setLineDash([]);
  drawEnd(view, g, arrow, Math.atan2(y1 - y0, x1 - x0));
}

function drawEnd(view, g, {message, x0, y0, x1, y1}, angle) {
  g.lineWidth = 2;
  if ((message.held && message.fate !== 'held') || message.unsent) {
    g.font = `600 10px ${FONT}`;
    g.textAlign = 'center';
    g.fillText(message.held ? 'H' : '◇', x0 + Math.sign(x1 - x0) * 10, y0 - 5);
  }
  if (message.fate === 'lost' || message.fate === 'nobody there') {
    cross(g, x1, y1, 4);
    return;
  }
  if (isOpen(message)) {
    if (message.fate === 'held') {
      g.fillRect(x1 - 3, y1 - 3, 6, 6);
    } else {
      g.beginPath();
      g.arc(x1, y1, 2.5, 0, 7);
      g.fill();
    }
    return;
  }
  const bent = x1 > x0 ? 0.15 : Math.PI - 0.15;
  head(g, x1, y1, message.held ? bent : angle, message.kind.answer);
  if (message.fate === 'refused') {
    g.strokeStyle = view.theme.alarm;
    g.beginPath();
    g.arc(x1, y1, 5, 0, 7);
    g.moveTo(x1 - 4, y1 + 4);
    g.lineTo(x1 + 4, y1 - 4);
    g.stroke();
  }
  if (message.copy) {
    g.font = `600 10px ${FONT}`;
    g.textAlign = 'center';
    g.fillText('×2', x1 - Math.sign(x1 - x0) * 14, y1 - 8);
  }
}

function cross(g, x, y, size) {
  g.beginPath();
  g.moveTo(x - size, y - size);
  g.lineTo(x + size, y + size);
  g.moveTo(x - size, y + size);
  g.lineTo(x + size, y - size);
  g.stroke();
}

/** Filled for what asks, open for what answers. */
function head(g, x, y, angle, open) {
  const length = 8;
  g.beginPath();
  g.moveTo(x - length * Math.cos(angle - 0.42), y - length * Math.sin(angle - 0.42));
  g.lineTo(x, y);
  g.lineTo(x - length * Math.cos(angle + 0.42), y - length * Math.sin(angle + 0.42));
  if (open) {
    g.lineWidth = 1.5;
    g.stroke();
  } else {
    g.closePath();
    g.fill();
  }
}

const LABEL_ORDER = ['vote', 'pre-vote', 'transfer', 'snapshot', 'append', 'forward', 'application', 'other', 'heartbeat'];

function drawArrowLabels(view, g) {
  g.font = `10.5px ${FONT}`;
  g.textAlign = 'center';
  const order = (arrow) =>
    (isChosen(view, arrow.message) ? -10 : 0) + LABEL_ORDER.indexOf(arrow.message.kind.family);
  for (const arrow of view.drawn.arrows.slice().sort((one, other) => order(one) - order(other))) {
    const {message, x0, y0, x1, y1} = arrow;
    if (view.past !== null && !isInPast(view, message)) {
      continue;
    }
    const text = labelOf(message);
    const width = g.measureText(text).width + 4;
    const part = message.fate === 'lost' || isOpen(message) ? 1 : 0.36;
    const x = x0 + (x1 - x0) * part + (part === 1 ? Math.sign(x1 - x0) * (width / 2 + 8) : 0);
    const y = (message.held && part !== 1 ? y1 - 8 : y0 + (y1 - y0) * part) - (part === 1 ? 0 : 1);
    const box = {x: x - width / 2, y: y - 6.5, width, height: 13};
    if (y < HEADER || y > view.height || !isFree(view, box)) {
      continue;
    }
    view.drawn.boxes.push(box);
    g.globalAlpha = 0.85;
    g.fillStyle = view.theme.surface;
    g.fillRect(box.x, box.y, box.width, box.height);
    g.globalAlpha = 1;
    g.fillStyle = colourOf(view.theme, message);
    g.fillText(text, x, y);
  }
}

// --- steps

function drawSteps(view, g) {
  const drawn = view.drawn.steps;
  forStepsInSight(view, (step, y) => drawn.push({step, x: view.layout.x(step.lane), y}));
  const many = drawn.length > 2500;
  for (const {step, x, y} of drawn) {
    if (y < HEADER || (many && step.sort !== 'fault' && step.sort !== 'note')) {
      continue;
    }
    g.globalAlpha = dimmed(view, step.index) ? 0.2 : 1;
    drawMark(view, g, step, x, y);
  }
  g.globalAlpha = 1;
  const chosen = drawn.find(({step}) => step.index === view.selected);
  if (chosen) {
    g.strokeStyle = view.theme.select;
    g.lineWidth = 2.5;
    g.beginPath();
    g.arc(chosen.x, chosen.y, 8, 0, 7);
    g.stroke();
  }
  drawMatches(view, g, drawn);
}

function drawMark(view, g, step, x, y) {
  const {theme} = view;
  g.fillStyle = theme.text;
  g.strokeStyle = theme.text;
  g.lineWidth = 1.5;
  if (step.sort === 'fault') {
    g.strokeStyle = theme.alarm;
    g.fillStyle = theme.alarm;
    if (step.lane === WORLD) {
      drawWorldNote(view, g, step, x, y);
    } else {
      g.lineWidth = 2;
      cross(g, x, y, 5);
    }
  } else if (step.sort === 'note') {
    g.fillRect(x - 3, y - 3, 6, 6);
  } else if (step.sort === 'client') {
    g.beginPath();
    g.moveTo(x - 14, y - 4);
    g.lineTo(x - 8, y);
    g.lineTo(x - 14, y + 4);
    g.fill();
  } else if (step.sort === 'disk') {
    g.fillStyle = theme.disk;
    g.fillRect(x + 4, y - 2.5, 5, 5);
  } else if (step.sort === 'own') {
    g.beginPath();
    g.moveTo(x - 6, y);
    g.lineTo(x + 6, y);
    g.stroke();
  } else if (step.sort === 'message') {
    g.beginPath();
    g.arc(x, y, 2.2, 0, 7);
    g.fill();
  }
}

/** Written along the gutter, where there is room. */
function drawWorldNote(view, g, step, x, y) {
  g.beginPath();
  g.moveTo(x, y - 4);
  g.lineTo(x + 5, y + 4);
  g.lineTo(x - 5, y + 4);
  g.fill();
  g.font = `600 11px ${FONT}`;
  g.textAlign = 'left';
  const text = step.what.toLowerCase().replaceAll('_', ' ');
  const box = {x: x + 7, y: y - 7, width: g.measureText(text).width + 6, height: 14};
  if (isFree(view, box)) {
    view.drawn.boxes.push(box);
    const colour = g.fillStyle;
    g.fillStyle = view.theme.surface;
    g.fillRect(box.x, box.y, box.width, box.height);
    g.fillStyle = colour;
    g.fillText(text, x + 9, y);
  }
}

function drawMatches(view, g, drawn) {
  if (view.matches.length === 0) {
    return;
  }
  const matches = new Set(view.matches);
  g.strokeStyle = view.theme.found;
  g.lineWidth = 2;
  for (const {step, x, y} of drawn) {
    if (matches.has(step.index)) {
      g.strokeRect(x - 10, y - 5, 20, 10);
    }
  }
}

// --- operations of clients

const ANSWER_SIGNS = {done: '✓', 'not done': '✗', unknown: '?', open: '…'};

function drawOperations(view, g) {
  if (!view.families.get('clients').shown) {
    return;
  }
  const signs = new Map();
  for (const [i, operation] of view.run.operations.entries()) {
    const [start, end] = view.places.operations[i];
    const y0 = screenY(view, start);
    const y1 = screenY(view, end);
    if (y1 < HEADER || y0 > view.height) {
      continue;
    }
    const column = view.operationColumns[operation.lane].of(operation);
    const x = view.layout.x(operation.lane) - 17 - column * 5;
    const colour = view.theme.answers[operation.answer];
    g.strokeStyle = colour;
    g.fillStyle = colour;
    g.lineWidth = operation.answer === 'open' ? 0.8 : 1.4;
    g.setLineDash(operation.answer === 'done' ? [] : [3, 2]);
    g.beginPath();
    g.moveTo(x, y0);
    g.lineTo(x, y1);
    g.stroke();
    g.setLineDash([]);
    if (!(y1 - signs.get(x) < 8)) {
      g.font = `700 11px ${FONT}`;
      g.textAlign = 'right';
      g.fillText(ANSWER_SIGNS[operation.answer], x - 1, y1);
      signs.set(x, y1);
    }
    view.drawn.operations.push({operation, x, y0, y1});
  }
}

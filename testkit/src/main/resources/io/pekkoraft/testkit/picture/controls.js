// --- controls.js: filters, search, steps, zoom; pointer and keyboard.

const SORT_FAMILIES = {own: 'timers', disk: 'disks', client: 'clients'};

/** What can be shown or hidden, with how often there is of it. */
function makeFamilies(run) {
  const families = new Map();
  const add = (name, count) => {
    const family = families.get(name) || {name, count: 0, shown: true};
    family.count += count;
    families.set(name, family);
  };
  LABEL_ORDER.forEach((name) => add(name, 0));
  run.messages.forEach((message) => add(message.kind.family, 1));
  Object.values(SORT_FAMILIES).forEach((name) => add(name, 0));
  run.steps.forEach((step) => {
    if (SORT_FAMILIES[step.sort]) {
      add(SORT_FAMILIES[step.sort], 1);
    }
  });
  const heartbeats = families.get('heartbeat');
  heartbeats.shown = heartbeats.count <= 40 || heartbeats.count < 0.2 * run.messages.length;
  return families;
}

/** A message of a kind that is hidden is shown if its receiver decided something on it. */
function showsMessage(view, message) {
  const end = view.run.steps[message.endStep];
  return view.families.get(message.kind.family).shown || (end !== undefined && end.notes.length > 0);
}

/** A step in which something is decided is shown, whatever its kind. */
function showsStep(view, step) {
  if (step.message) {
    return showsMessage(view, step.message);
  }
  const family = SORT_FAMILIES[step.sort];
  if (step.sort === 'own' && step.notes.length === 0) {
    return view.families.get(family).shown && (step.sent.some((sent) => showsMessage(view, sent)) || step.changes.length > 0);
  }
  return family === undefined || view.families.get(family).shown || (step.sort === 'own' && step.notes.length > 0);
}

function makeFilters(view) {
  const box = document.getElementById('filters');
  for (const family of view.families.values()) {
    if (family.count === 0) {
      continue;
    }
    const input = element('input', {type: 'checkbox', 'data-family': family.name, change: () => {
      family.shown = input.checked;
      view.rescale();
    }});
    input.checked = family.shown;
    const sample = DASHES[family.name] ? [strokeSample(view, family.name)] : [];
    box.append(element('label', {class: 'filter'}, input, ...sample, family.name, element('span', {class: 'count'}, String(family.count))));
  }
}

/** A piece of the line that the family is drawn with. */
function strokeSample(view, family) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', '22');
  svg.setAttribute('height', '8');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  const attributes = {x1: 0, y1: 4, x2: 22, y2: 4, stroke: view.theme.families[family], 'stroke-width': 2};
  Object.entries({...attributes, 'stroke-dasharray': DASHES[family].join(' ')}).forEach(([key, value]) => line.setAttribute(key, value));
  line.dataset.sample = family;
  svg.append(line);
  return svg;
}

// --- search

function search(view, text) {
  const wanted = text.trim().toLowerCase();
  view.matches = [];
  if (wanted) {
    view.searchTexts ||= view.run.steps.map((step) => searchTextOf(view.run, step));
    view.matches = view.run.steps.filter((step, i) => view.searchTexts[i].includes(wanted)).map((step) => step.index);
  }
  document.getElementById('found').textContent = wanted ? `${view.matches.length} found` : '';
  view.draw();
}

function toMatch(view, forward) {
  const {matches} = view;
  if (matches.length === 0) {
    return;
  }
  const at = lastAtMost(matches.length, forward ? view.selected : view.selected - 1, (i) => matches[i]);
  const next = forward ? (at + 1) % matches.length : (at + matches.length) % matches.length;
  view.choose(matches[next]);
}

// --- steps

/** The next step that is shown, perhaps on the same lane only; the same one if there is none. */
function neighbour(view, direction, sameLane) {
  const {steps} = view.run;
  const lane = steps[view.selected].lane;
  for (let i = view.selected + direction; i >= 0 && i < steps.length; i += direction) {
    if (view.shows(steps[i]) && (!sameLane || steps[i].lane === lane)) {
      return i;
    }
  }
  return view.selected;
}

function endStep(view, direction) {
  const {steps} = view.run;
  const order = direction < 0 ? steps : steps.slice().reverse();
  const found = order.find((step) => view.shows(step));
  return found ? found.index : view.selected;
}

function violationStep(view) {
  return view.run.violation >= 0 ? view.run.violation : view.run.steps.length - 1;
}

// --- zoom

function zoomTo(view, zoom, atY) {
  const least = Math.min(1, (view.height - HEADER - 40) / view.scale.end);
  const wanted = Math.max(least * 0.9, Math.min(zoom, view.scale.trueTime ? 20000 : 200));
  const position = (atY - HEADER - 12 + view.top) / view.zoom;
  view.zoom = wanted;
  view.top = position * wanted - (atY - HEADER - 12);
  view.scrollTo(view.top);
}

function fit(view) {
  view.zoom = (view.height - HEADER - 40) / view.scale.end;
  view.scrollTo(0);
}

// --- the pointer

/** What is nearest to a point of the diagram, if something is near. */
function findUnder(view, x, y) {
  const drawn = view.drawn;
  const step = nearest(drawn.steps, 9, (one) => Math.hypot(one.x - x, one.y - y));
  if (step) {
    return {step: step.step};
  }
  const operation = nearest(drawn.operations, 4, (one) => (y < one.y0 - 4 || y > one.y1 + 6 ? 99 : Math.abs(one.x - x)));
  if (operation) {
    return {operation: operation.operation};
  }
  const band = drawn.bands.find((one) => x >= one.x && x < one.x + BAND_WIDTH && y >= one.y0 && y <= one.y1);
  if (band) {
    return {band: band.band};
  }
  const arrow = nearest(drawn.arrows, 6, (one) => distanceToLine(x, y, one));
  return arrow ? {message: arrow.message} : null;
}

function nearest(things, limit, distance) {
  let best = null;
  let least = limit;
  for (const thing of things) {
    const here = distance(thing);
    if (here < least) {
      least = here;
      best = thing;
    }
  }
  return best;
}

function distanceToLine(x, y, {x0, y0, x1, y1}) {
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const part = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length));
  return Math.hypot(x - x0 - part * (x1 - x0), y - y0 - part * (y1 - y0));
}

function chooseUnder(view, under) {
  if (under.step) {
    view.choose(under.step.index, true);
  } else if (under.message) {
    const {endStep, sentStep} = under.message;
    if (endStep >= 0 || sentStep >= 0) {
      view.choose(endStep >= 0 ? endStep : sentStep, true);
    }
  } else if (under.operation) {
    const {startStep, endStep} = under.operation;
    view.choose(endStep >= 0 ? endStep : Math.max(0, startStep), true);
  }
}

function listenToPointer(view, canvas) {
  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    drag = {x: event.clientX, y: event.clientY, top: view.top, left: view.left, moved: false};
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (drag) {
      drag.moved ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4;
      if (drag.moved) {
        canvas.classList.add('dragging');
        view.left = drag.left - (event.clientX - drag.x);
        view.scrollTo(drag.top - (event.clientY - drag.y));
      }
      return;
    }
    const under = findUnder(view, event.offsetX, event.offsetY);
    const pointed = under && under.message ? under.message : null;
    canvas.classList.toggle('pointing', under !== null);
    showTooltip(view, under, event.offsetX, event.offsetY);
    if (pointed !== view.pointed) {
      view.pointed = pointed;
      view.draw();
    }
  });
  canvas.addEventListener('pointerup', (event) => {
    const under = drag && !drag.moved ? findUnder(view, event.offsetX, event.offsetY) : null;
    drag = null;
    canvas.classList.remove('dragging');
    if (under) {
      chooseUnder(view, under);
    }
  });
  canvas.addEventListener('pointerleave', () => showTooltip(view, null));
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    showTooltip(view, null);
    if (event.ctrlKey || event.metaKey) {
      zoomTo(view, view.zoom * Math.exp(-event.deltaY / 300), event.offsetY);
    } else {
      const lines = event.deltaMode === 1 ? 18 : 1;
      view.left += (event.shiftKey ? event.deltaY : event.deltaX) * lines;
      view.scrollTo(view.top + (event.shiftKey ? 0 : event.deltaY * lines));
    }
  }, {passive: false});
}

// --- the keyboard

function listenToKeys(view) {
  const middle = () => screenY(view, view.scale.ofStep(view.selected));
  const keys = {
    ArrowDown: (event) => view.choose(neighbour(view, 1, event.shiftKey)),
    ArrowUp: (event) => view.choose(neighbour(view, -1, event.shiftKey)),
    ArrowRight: (event) => view.choose(neighbour(view, 1, event.shiftKey)),
    ArrowLeft: (event) => view.choose(neighbour(view, -1, event.shiftKey)),
    j: () => view.choose(neighbour(view, 1, false)),
    k: () => view.choose(neighbour(view, -1, false)),
    J: () => view.choose(neighbour(view, 1, true)),
    K: () => view.choose(neighbour(view, -1, true)),
    Home: () => view.choose(endStep(view, -1)),
    End: () => view.choose(endStep(view, 1)),
    PageDown: () => view.scrollTo(view.top + 0.8 * view.height),
    PageUp: () => view.scrollTo(view.top - 0.8 * view.height),
    v: () => view.choose(violationStep(view)),
    g: () => {
      const {message} = view.run.steps[view.selected];
      view.choose(message && message.sentStep >= 0 ? message.sentStep : view.selected);
    },
    c: () => document.getElementById('causes').click(),
    t: () => document.getElementById('time').click(),
    h: () => document.querySelector('[data-family="heartbeat"]')?.click(),
    '+': () => zoomTo(view, view.zoom * 1.4, middle()),
    '=': () => zoomTo(view, view.zoom * 1.4, middle()),
    '-': () => zoomTo(view, view.zoom / 1.4, middle()),
    0: () => fit(view),
    '/': () => document.getElementById('search').focus(),
    '?': () => document.getElementById('help').showModal(),
  };
  document.addEventListener('keydown', (event) => {
    const inField = event.target.matches('input[type="search"]') || document.getElementById('help').open;
    const action = keys[event.key];
    if (!action || inField || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    event.preventDefault();
    action(event);
  });
  const field = document.getElementById('search');
  field.addEventListener('input', () => search(view, field.value));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      toMatch(view, !event.shiftKey);
    } else if (event.key === 'Escape') {
      field.value = '';
      search(view, '');
      document.getElementById('diagram').focus();
    }
  });
}

function listenToButtons(view) {
  const click = (id, action) => document.getElementById(id).addEventListener('click', action);
  click('first', () => view.choose(endStep(view, -1)));
  click('back', () => view.choose(neighbour(view, -1, false)));
  click('forward', () => view.choose(neighbour(view, 1, false)));
  click('last', () => view.choose(endStep(view, 1)));
  click('zoom-in', () => zoomTo(view, view.zoom * 1.4, view.height / 2));
  click('zoom-out', () => zoomTo(view, view.zoom / 1.4, view.height / 2));
  click('fit', () => fit(view));
  click('to-violation', () => view.choose(violationStep(view)));
  click('help-open', () => document.getElementById('help').showModal());
  click('time', (event) => {
    view.trueTime = press(event.currentTarget);
    view.rescale(true);
  });
  click('causes', (event) => {
    view.causes = press(event.currentTarget);
    view.choose(view.selected);
  });
  click('copy', async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(view.run.replay);
    button.textContent = 'Copied';
  });
  click('theme', () => {
    const next = {auto: 'light', light: 'dark', dark: 'auto'};
    view.setTheme(next[document.documentElement.dataset.theme]);
  });
}

/** Turns a button on or off, and says which. */
function press(button) {
  const on = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(on));
  return on;
}

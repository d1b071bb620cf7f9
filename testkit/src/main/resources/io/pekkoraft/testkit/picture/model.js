// --- model.js: the run, as Page.java writes it, with what can be looked up quickly.

const SORTS = ['message', 'own', 'disk', 'client', 'fault', 'note', 'violation'];
const FATES = ['under way', 'delivered', 'lost', 'held', 'nobody there', 'refused'];
const ANSWERS = ['open', 'done', 'not done', 'unknown'];
const WORLD = -1;

/** Of a lane's state: what its bar shows. */
const LOOKS = ['process', 'role', 'term', 'disk', 'acts', 'behind'];

function readRun(text) {
  const data = JSON.parse(text);
  const kinds = data.kinds.map(([name, label, family, answer, fields]) => ({name, label, family, answer, fields}));
  const messages = data.messages.map((row, index) => readMessage(row, index, kinds));
  const steps = data.steps.map(([time, lane, sort, what, message, changes, notes], index) => ({
    index,
    number: data.forgotten + index + 1,
    time,
    lane,
    sort: SORTS[sort],
    what: data.texts[what],
    message: message < 0 ? null : messages[message],
    changes: readChanges(changes),
    notes: notes.map((note) => data.texts[note]),
    sent: [],
  }));
  for (const message of messages) {
    if (message.sentStep >= 0) {
      steps[message.sentStep].sent.push(message);
    }
  }
  const operations = data.operations.map(([lane, what, start, startStep, answer, outcome, end, endStep]) => ({
    lane, what, start, startStep, answer: ANSWERS[answer], outcome, end, endStep,
  }));
  const bands = data.bands.map(([what, start, end]) => ({what, start, end}));
  const run = {...data, kinds, messages, steps, operations, bands};
  run.place = Object.fromEntries(run.fields.map((name, i) => [name, i]));
  run.timelines = timelines(run);
  run.known = run.fields.map((name, i) => run.timelines.some((states) => states.some(({values}) => values[i] !== null && values[i] !== '')));
  run.pieces = run.timelines.map((states) => piecesOf(run, states));
  run.latestOnLane = latestOnLane(run);
  run.violation = steps.findIndex((step) => step.sort === 'violation');
  return run;
}

function readMessage([kind, from, to, sent, sentStep, fate, end, endStep, flags, values], index, kinds) {
  return {
    index,
    kind: kinds[kind],
    from,
    to,
    sent,
    sentStep,
    fate: FATES[fate],
    end,
    endStep,
    copy: (flags & 1) !== 0,
    held: (flags & 2) !== 0,
    waited: (flags & 4) !== 0,
    unsent: (flags & 8) !== 0,
    values,
  };
}

function readChanges(flat) {
  const changes = [];
  for (let i = 0; i < flat.length; i += 3) {
    changes.push({lane: flat[i], field: flat[i + 1], value: flat[i + 2]});
  }
  return changes;
}

/** For each lane its states, each with the step from which on it is so. */
function timelines(run) {
  const lanes = run.first.map((values) => [{step: -1, values}]);
  for (const step of run.steps) {
    for (const {lane, field, value} of step.changes) {
      const states = lanes[lane];
      let last = states[states.length - 1];
      if (last.step !== step.index) {
        last = {step: step.index, values: last.values.slice()};
        states.push(last);
      }
      last.values[field] = value;
    }
  }
  return lanes;
}

/** A lane's bar: states that look alike are one piece of it. */
function piecesOf(run, states) {
  const pieces = [];
  for (const {step, values} of states) {
    const last = pieces[pieces.length - 1];
    const piece = Object.fromEntries(LOOKS.map((name) => [name, values[run.place[name]]]));
    if (!last || LOOKS.some((name) => last[name] !== piece[name])) {
      pieces.push({step, ...piece});
    }
  }
  return pieces;
}

/** For each step the step before it on its lane, or -1. */
function latestOnLane(run) {
  const latest = new Map();
  return run.steps.map((step) => {
    const before = latest.has(step.lane) ? latest.get(step.lane) : -1;
    latest.set(step.lane, step.index);
    return before;
  });
}

/** The greatest i with key(i) <= limit, or -1. */
function lastAtMost(count, limit, key) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(middle) <= limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/** The values of a lane's fields after a step. */
function stateAt(run, lane, stepIndex) {
  const states = run.timelines[lane];
  return states[Math.max(0, lastAtMost(states.length, stepIndex, (i) => states[i].step))].values;
}

function fieldOf(run, values, name) {
  return values[run.place[name]];
}

/** What can have led to a step: steps before it on its lane, and where messages came from. */
function pastOf(run, stepIndex) {
  const past = new Set();
  const open = [stepIndex];
  while (open.length > 0) {
    const index = open.pop();
    if (index < 0 || past.has(index)) {
      continue;
    }
    past.add(index);
    const step = run.steps[index];
    open.push(run.latestOnLane[index]);
    if (step.message) {
      open.push(step.message.sentStep);
    }
    if (step.sort === 'violation') {
      open.push(index - 1); // what did it, if it was noticed by somebody who watched from outside
    }
  }
  return past;
}

// --- words

function laneName(run, lane) {
  return lane === WORLD ? 'world' : run.lanes[lane];
}

/** Milliseconds since the beginning. */
function clock(nanos) {
  return (nanos / 1e6).toFixed(3).replace(/\B(?=(\d{3})+(?=\.))/g, '\u2009');
}

function millis(nanos) {
  return `${clock(nanos)}\u2009ms`;
}

function duration(nanos) {
  if (nanos < 1e6) {
    return `${+(nanos / 1e3).toPrecision(3)}\u2009µs`;
  }
  return nanos < 1e9 ? `${+(nanos / 1e6).toPrecision(3)}\u2009ms` : `${+(nanos / 1e9).toPrecision(3)}\u2009s`;
}

/** What stands at an arrow. */
function labelOf(message) {
  return message.kind.label.replace(/\{([^}]+)\}/g, (all, name) => {
    const value = message.values[message.kind.fields.indexOf(name)];
    return value === null || value === undefined ? '' : value;
  });
}

function factsOf(message) {
  const facts = [];
  message.kind.fields.forEach((name, i) => {
    if (message.values[i] !== null) {
      facts.push([name, String(message.values[i])]);
    }
  });
  return facts;
}

function routeOf(run, message) {
  return `${run.lanes[message.from]} → ${run.lanes[message.to]}`;
}

/** What became of a message, in a sentence. */
function fateOf(message) {
  const parts = [];
  if (message.unsent) {
    parts.push('made by the test, sent by nobody');
  }
  if (message.copy) {
    parts.push('a copy: the network doubled it');
  }
  if (message.held) {
    parts.push(message.fate === 'held' ? 'held back, not released' : 'held back for a while');
  }
  if (message.waited) {
    parts.push('waited for a paused process');
  }
  if (message.fate === 'delivered') {
    parts.push(`handled after ${duration(message.end - message.sent)}`);
  } else if (message.fate === 'refused') {
    parts.push(`came after ${duration(message.end - message.sent)} and was not let in`);
  } else if (message.fate === 'nobody there') {
    parts.push(`came after ${duration(message.end - message.sent)}, where no process ran`);
  } else if (message.fate === 'lost') {
    parts.push('lost by the network');
  } else if (message.fate === 'under way') {
    parts.push('still under way at the end');
  }
  return parts.join('; ');
}

function titleOf(run, step) {
  return step.message ? `${step.message.kind.name} from ${run.lanes[step.message.from]}` : step.what;
}

/** All words of a step, for the search. */
function searchTextOf(run, step) {
  const parts = [laneName(run, step.lane), titleOf(run, step), ...step.notes];
  for (const message of step.message ? [step.message, ...step.sent] : step.sent) {
    parts.push(message.kind.name, labelOf(message), routeOf(run, message), fateOf(message));
    parts.push(...factsOf(message).map(([name, value]) => `${name} ${value}`));
  }
  for (const {lane, field, value} of step.changes) {
    parts.push(`${laneName(run, lane)} ${run.fields[field]} ${value}`);
  }
  return parts.join('\n').toLowerCase();
}

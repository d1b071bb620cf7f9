// --- panel.js: the step that is chosen, and all members at that instant. Text only goes in as text.

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') {
      made.addEventListener(key, value);
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

function stepLink(view, index, text) {
  return element('button', {type: 'button', class: 'link', click: () => view.choose(index)}, text);
}

function showPanel(view) {
  const step = view.run.steps[view.selected];
  const now = document.getElementById('now');
  now.replaceChildren(
    element('div', {class: 'when'}, `Step ${step.number} of ${view.run.forgotten + view.run.steps.length} · ${millis(step.time)}`),
    element('div', {class: 'what'}, `${laneName(view.run, step.lane)}: ${titleOf(view.run, step)}`),
    ...(step.message ? [messageFacts(view, step.message, true)] : []),
    ...whatCameOfIt(view, step),
  );
  document.getElementById('states').replaceChildren(statesTable(view));
}

function facts(pairs) {
  return element('dl', {class: 'facts'}, ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

function messageFacts(view, message, withSender) {
  const pairs = factsOf(message);
  if (withSender) {
    const sender = `${view.run.lanes[message.from]} at ${millis(message.sent)}`;
    pairs.unshift(['sent by', message.sentStep >= 0 ? stepLink(view, message.sentStep, sender) : sender]);
  }
  pairs.push(['fate', fateOf(message)]);
  return facts(pairs);
}

/** What the member decided, how it changed, and what it said. */
function whatCameOfIt(view, step) {
  const {run} = view;
  const parts = [];
  const told = step.index === 0 && run.forgotten === 0 ? [] : step.changes;
  const changes = told.map(({lane, field, value}) => {
    const before = step.index === 0 ? run.first[lane][field] : stateAt(run, lane, step.index - 1)[field];
    const who = lane === step.lane ? '' : `${run.lanes[lane]}: `;
    return element('li', {}, `${who}${run.fields[field]} `, element('b', {}, `${shown(before)} → ${shown(value)}`));
  });
  const notes = step.notes.map((note) => element('li', {}, note));
  if (changes.length + notes.length > 0) {
    parts.push(element('h3', {}, 'What came of it'), element('ul', {}, ...notes, ...changes));
  } else if (step.message) {
    parts.push(element('h3', {}, 'What came of it'), element('p', {}, 'Nothing changed.'));
  }
  if (step.sent.length > 0) {
    parts.push(element('h3', {}, 'Said'), element('ul', {}, ...step.sent.map((message) => sentItem(view, message))));
  }
  return parts;
}

function sentItem(view, message) {
  const text = `${message.kind.name} to ${view.run.lanes[message.to]}`;
  const what = message.endStep >= 0 ? stepLink(view, message.endStep, text) : text;
  return element('li', {}, what, ` (${labelOf(message)}), ${fateOf(message)}`);
}

function shown(value) {
  return value === null || value === '' ? '–' : String(value);
}

function statesTable(view) {
  const {run} = view;
  const step = run.steps[view.selected];
  const states = run.lanes.map((name, lane) => stateAt(run, lane, view.selected));
  const told = step.index === 0 && run.forgotten === 0 ? [] : step.changes;
  const changed = new Set(told.map(({lane, field}) => `${lane}/${field}`));
  const head = element(
    'tr',
    {},
    element('th', {scope: 'col'}, ''),
    ...run.lanes.map((name, lane) => element('th', lane === step.lane ? {scope: 'col', class: 'here'} : {scope: 'col'}, name)),
  );
  const rows = run.fields.flatMap((field, i) => !run.known[i] ? [] :
    element(
      'tr',
      {},
      element('th', {scope: 'row'}, field),
      ...states.map((values, lane) => element('td', cellAttributes(changed.has(`${lane}/${i}`)), roleWord(shown(values[i])))),
    ),
  );
  return element(
    'table',
    {},
    element('caption', {}, 'All members after this step (▸ changed by it)'),
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  );
}

function cellAttributes(isChanged) {
  return isChanged ? {class: 'changed'} : {};
}

function roleWord(text) {
  return ROLE_WORDS[text] || text;
}

// --- what is under the pointer

function showTooltip(view, under, x, y) {
  const tooltip = document.getElementById('tooltip');
  if (!under) {
    tooltip.hidden = true;
    return;
  }
  tooltip.replaceChildren(...tooltipOf(view, under));
  tooltip.hidden = false;
  tooltip.style.left = `${Math.max(4, Math.min(x + 14, view.width - tooltip.offsetWidth - 8))}px`;
  const below = y + 16;
  const above = y - tooltip.offsetHeight - 10;
  tooltip.style.top = `${below + tooltip.offsetHeight > view.height && above > 0 ? above : below}px`;
}

function tooltipOf(view, under) {
  const {run} = view;
  if (under.message) {
    const parts = [
      element('strong', {}, `${under.message.kind.name}  ${routeOf(run, under.message)}`),
      messageFacts(view, under.message, false),
    ];
    const end = run.steps[under.message.endStep];
    if (end) {
      parts.push(...whatCameOfIt({...view, choose: () => {}}, end));
    }
    return parts;
  }
  if (under.operation) {
    const {operation} = under;
    const outcome = operation.answer === 'open' ? 'not answered yet' : `${operation.outcome} after ${duration(operation.end - operation.start)}`;
    return [element('strong', {}, `${operation.what} at ${run.lanes[operation.lane]}`), element('p', {}, outcome)];
  }
  if (under.band) {
    const {band} = under;
    const until = band.end < 0 ? 'to the end' : `for ${duration(band.end - band.start)}`;
    return [element('strong', {}, `cut ${band.what}`), element('p', {}, `from ${millis(band.start)} ${until}`)];
  }
  const {step} = under;
  return [
    element('strong', {}, `${laneName(run, step.lane)}: ${titleOf(run, step)}`),
    element('div', {class: 'when'}, millis(step.time)),
    ...whatCameOfIt({...view, choose: () => {}}, step),
  ];
}

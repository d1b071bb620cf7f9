// --- main.js: puts it together.

function start() {
  const run = readRun(document.getElementById('run').textContent);
  const view = makeView(run);
  showHeading(run);
  makeFilters(view);
  listenToPointer(view, view.canvas);
  listenToOverview(view, view.overview);
  listenToButtons(view);
  listenToKeys(view);
  new ResizeObserver(() => view.resize()).observe(view.canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => view.setTheme(document.documentElement.dataset.theme));
  view.resize();
  applyAddress(view);
  view.paint();
  document.documentElement.dataset.ready = 'true';
}

function showHeading(run) {
  document.title = run.invariant ? `✖ ${run.invariant}: ${run.title}` : run.title;
  document.getElementById('title').textContent = run.title;
  const count = run.steps.length;
  const forgotten = run.forgotten > 0 ? `the last ${count} of ${run.forgotten + count} steps` : `${count} steps`;
  document.getElementById('summary').textContent =
    `${run.lanes.length} members, ${forgotten}, ${run.messages.length} messages, ${duration(run.endNanos)}`;
  document.getElementById('verdict').hidden = !run.invariant;
  document.getElementById('invariant').textContent = run.invariant;
  document.getElementById('violation').textContent = run.what;
  document.getElementById('replay').textContent = run.replay;
}

function makeView(run) {
  const view = {
    run,
    canvas: document.getElementById('diagram'),
    overview: document.getElementById('overview'),
    families: makeFamilies(run),
    theme: THEMES.light,
    selected: 0,
    pointed: null,
    past: null,
    causes: false,
    matches: [],
    trueTime: false,
    zoom: 8,
    top: 0,
    left: 0,
    width: 0,
    height: 0,
    ratio: 1,
    drawn: {arrows: [], steps: [], operations: [], bands: [], boxes: []},
    bands: mergeBands(run),
  };
  const endOf = (thing) => (thing.end < 0 ? Infinity : thing.end);
  view.bandColumns = columnsOf(view.bands, (band) => band.start, endOf, 8);
  view.operationColumns = run.lanes.map((name, lane) =>
    columnsOf(run.operations.filter((one) => one.lane === lane), (one) => one.start, endOf, 6));
  view.shows = (step) => showsStep(view, step);
  view.showsMessage = (message) => showsMessage(view, message);
  let frame = 0;
  view.draw = () => {
    frame ||= requestAnimationFrame(() => view.paint());
  };
  view.paint = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    const began = performance.now();
    drawDiagram(view, view.canvas.getContext('2d'));
    drawOverview(view, view.overview);
    document.documentElement.dataset.paintMillis = (performance.now() - began).toFixed(1);
    document.documentElement.dataset.arrows = view.drawn.arrows.length;
  };
  view.scrollTo = (top) => {
    const most = Math.max(0, view.scale.end * view.zoom + 60 + HEADER - view.height);
    view.top = Math.max(0, Math.min(top, most));
    view.draw();
  };
  view.choose = (index, stay) => choose(view, index, stay);
  view.rescale = (refit) => rescale(view, refit);
  view.resize = () => resize(view);
  view.setTheme = (name) => setTheme(view, name);
  rescale(view, false);
  setTheme(view, 'auto');
  return view;
}

/** Pairs that were cut and healed together are one band. */
function mergeBands(run) {
  const merged = new Map();
  for (const band of run.bands) {
    const key = `${band.start}/${band.end}`;
    const same = merged.get(key);
    merged.set(key, same ? {...same, what: `${same.what}, ${band.what}`} : band);
  }
  return [...merged.values()].filter((band) => band.end !== band.start);
}

function rescale(view, refit) {
  const before = view.scale ? screenY(view, view.scale.ofStep(view.selected)) : 0;
  view.scale = makeScale(view.run, view.shows, view.trueTime);
  view.places = placeMessages(view.run, view.scale);
  if (view.height > 0) {
    if (refit) {
      view.zoom = view.trueTime ? (view.height - HEADER - 40) / view.scale.end : 8;
    }
    view.scrollTo(view.scale.ofStep(view.selected) * view.zoom + HEADER + 12 - (refit ? view.height / 2 : before));
  }
}

function resize(view) {
  view.width = view.canvas.clientWidth;
  view.height = view.canvas.clientHeight;
  view.ratio = window.devicePixelRatio || 1;
  sizeCanvas(view.canvas, view.width, view.height, view.ratio);
  view.scrollTo(view.top);
  view.paint();
}

function choose(view, index, stay) {
  view.selected = index;
  view.past = view.causes ? pastOf(view.run, index) : null;
  const y = screenY(view, view.scale.ofStep(index));
  if (!stay && (y < HEADER + 50 || y > view.height - 60)) {
    view.scrollTo(view.top + y - view.height / 2);
  }
  showPanel(view);
  document.documentElement.dataset.step = view.run.steps[index].number;
  view.draw();
}

function setTheme(view, name) {
  const dark = name === 'dark' || (name === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = name;
  document.documentElement.dataset.shade = dark ? 'dark' : 'light';
  document.getElementById('theme').textContent = `Theme: ${name}`;
  view.theme = dark ? THEMES.dark : THEMES.light;
  document.querySelectorAll('[data-sample]').forEach((line) => line.setAttribute('stroke', view.theme.families[line.dataset.sample]));
  makeLegend(view);
  view.draw();
}

/** An address may say what to show first: #step=12&zoom=8&time=true&theme=dark&search=lost. */
function applyAddress(view) {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (wanted.has('theme')) {
    view.setTheme(wanted.get('theme'));
  }
  if (wanted.get('time') === 'true') {
    document.getElementById('time').click();
  }
  if (wanted.has('zoom')) {
    view.zoom = Number(wanted.get('zoom'));
  }
  const step = Number(wanted.get('step')) - view.run.forgotten - 1;
  const valid = wanted.has('step') && step >= 0 && step < view.run.steps.length;
  view.choose(valid ? step : view.run.invariant ? violationStep(view) : endStep(view, -1));
  if (wanted.has('search')) {
    document.getElementById('search').value = wanted.get('search');
    search(view, wanted.get('search'));
  }
  if (wanted.has('causes')) {
    document.getElementById('causes').click();
  }
}

window.addEventListener('error', (event) => {
  document.documentElement.dataset.error = event.message;
  document.body.prepend(element('p', {role: 'alert'}, `This page has an error: ${event.message}`));
});
start();

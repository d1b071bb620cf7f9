// --- legend.js: one sample of everything that is drawn, drawn by the same code.

function makeLegend(view) {
  const legend = document.getElementById('legend');
  legend.replaceChildren();
  const section = (name) => legend.append(element('h3', {}, name));
  const sample = (text, draw) => {
    const canvas = element('canvas', {'aria-hidden': 'true'});
    canvas.style.width = '70px';
    canvas.style.height = '20px';
    sizeCanvas(canvas, 70, 20, view.ratio);
    const g = canvas.getContext('2d');
    g.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    draw(g);
    legend.append(element('div', {}, canvas, text));
  };
  section('Lanes');
  Object.keys(ROLE_WORDS).forEach((role) => sample(ROLE_WORDS[role], (g) => fillRole(g, view.theme, role, 35, 0, 20)));
  const piece = (text, process, disk) =>
    sample(text, (g) => drawLanePiece(view, g, {process, role: 'FOLLOWER', disk}, 35, 0, 20));
  piece('process paused', 'paused', '');
  piece('process down', 'down', '');
  piece('disk slow, held, full or failing', 'runs', 'held');
  const instance = (text, acts) =>
    sample(text, (g) => drawLanePiece(view, g, {process: 'runs', role: 'FOLLOWER', acts, behind: 'one'}, 35, 0, 20));
  instance('a singleton acts here', 'one');
  instance('an older instance of it is still here', null);
  section('Messages: filled heads ask, open heads answer');
  LABEL_ORDER.forEach((family) => sample(family, (g) => drawArrow(view, g, sampleArrow(family, {}), false)));
  section('What became of a message');
  const fates = [
    ['lost', {fate: 'lost'}], ['no process where it came', {fate: 'nobody there'}], ['not let in: meant for another life', {fate: 'refused'}],
    ['held back by the test, then released', {held: true}], ['doubled by the network', {copy: true}], ['made by the test', {unsent: true}],
    ['still held back at the end', {fate: 'held'}], ['still under way at the end', {fate: 'under way'}],
  ];
  fates.forEach(([text, how]) => sample(text, (g) => drawArrow(view, g, sampleArrow('append', how), false)));
  section('Steps');
  const sorts = [
    ['a message is handled', 'message'], ['a timer, or an answer of a helper', 'own'], ['something is durable', 'disk'],
    ['a client asks or is answered', 'client'], ['a fault, or its end', 'fault'], ['something worth telling', 'note'],
  ];
  sorts.forEach(([text, sort]) => sample(text, (g) => {
    fillRole(g, view.theme, 'FOLLOWER', 35, 0, 20);
    drawMark(view, g, {sort, lane: 0}, 35, 10);
  }));
  section('Clients: ✓ committed, ✗ certainly not done, ? unknown, … no answer');
}

function sampleArrow(family, how) {
  const kind = {family, answer: false, label: '', fields: []};
  const message = {kind, values: [], fate: 'delivered', ...how};
  return {message, x0: 6, y0: how.held || how.unsent ? 12 : 6, x1: 60, y1: 15};
}

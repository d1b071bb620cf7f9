// --- overview.js: the whole run on a strip: who led, what went wrong, and where the diagram is.

function drawOverview(view, canvas) {
  const g = canvas.getContext('2d');
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (width === 0) {
    return;
  }
  sizeCanvas(canvas, width, height, view.ratio);
  const y = (position) => (position / view.scale.end) * height;
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.drawImage(backgroundOf(view, canvas, y), 0, 0);
  g.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  g.strokeStyle = view.theme.select;
  g.lineWidth = 1;
  const chosen = y(view.scale.ofStep(view.selected));
  g.beginPath();
  g.moveTo(0, chosen);
  g.lineTo(width, chosen);
  g.stroke();
  g.lineWidth = 2;
  const from = Math.max(1, y(view.top / view.zoom));
  const to = Math.min(height - 2, y((view.top + view.height - HEADER) / view.zoom));
  g.strokeRect(1, from, width - 3, Math.max(6, to - from));
}

/** What stays the same while one scrolls and steps is drawn once. */
function backgroundOf(view, canvas, y) {
  const {theme, scale, matches} = view;
  const kept = view.background;
  const same =
    kept && kept.theme === theme && kept.scale === scale && kept.matches === matches &&
    kept.image.width === canvas.width && kept.image.height === canvas.height;
  if (same) {
    return kept.image;
  }
  const image = element('canvas');
  sizeCanvas(image, canvas.clientWidth, canvas.clientHeight, view.ratio);
  const g = image.getContext('2d');
  g.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  g.fillStyle = theme.surface;
  g.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  drawLaneStrips(view, g, canvas.clientWidth, canvas.clientHeight, y);
  g.fillStyle = theme.alarm;
  for (const step of view.run.steps) {
    if (step.sort === 'fault') {
      g.fillRect(2, y(scale.ofStep(step.index)) - 0.5, 6, 1);
    } else if (step.sort === 'violation') {
      g.fillRect(0, y(scale.ofStep(step.index)) - 1.5, canvas.clientWidth, 3);
    }
  }
  g.fillStyle = theme.found;
  for (const index of matches) {
    g.fillRect(canvas.clientWidth - 6, y(scale.ofStep(index)) - 1, 6, 2);
  }
  view.background = {theme, scale, matches, image};
  return image;
}

/** Narrow for those who follow, wide for those who lead or mean to. */
function drawLaneStrips(view, g, width, height, y) {
  const {run, theme} = view;
  const laneWidth = Math.min(12, (width - 16) / run.lanes.length);
  run.pieces.forEach((pieces, lane) => {
    pieces.forEach(({step, process, role}, i) => {
      if (process === 'down' || !role) {
        return;
      }
      const from = Math.floor(y(positionOf(view, step)));
      const to = Math.ceil(i + 1 < pieces.length ? y(positionOf(view, pieces[i + 1].step)) : height);
      const inset = role === 'FOLLOWER' || role === 'RECOVERING' ? laneWidth * 0.3 : 1;
      g.globalAlpha = process === 'paused' ? 0.35 : 1;
      g.fillStyle = theme.roles[role] || theme.roles.RECOVERING;
      g.fillRect(10 + lane * laneWidth + inset, from, laneWidth - 2 * inset, Math.max(to - from, 1));
    });
  });
  g.globalAlpha = 1;
}

function listenToOverview(view, canvas) {
  const go = (event) => {
    const position = (event.offsetY / canvas.clientHeight) * view.scale.end;
    view.scrollTo(position * view.zoom - view.height / 2);
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    go(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons > 0) {
      go(event);
    }
  });
}

function sizeCanvas(canvas, width, height, ratio) {
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
}

// --- overview.js: the whole run on a strip: who led, what went wrong, and where the diagram is.

function drawOverview(view, canvas) {
  const g = canvas.getContext('2d');
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (width === 0) {
    return;
  }
  sizeCanvas(canvas, width, height, view.ratio);
  g.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  const {theme, run, scale} = view;
  g.fillStyle = theme.surface;
  g.fillRect(0, 0, width, height);
  const y = (position) => (position / scale.end) * height;
  const lanes = run.lanes.length;
  const laneWidth = Math.min(12, (width - 14) / lanes);
  run.timelines.forEach((states, lane) => {
    states.forEach((state, i) => {
      const process = fieldOf(run, state.values, 'process');
      const role = fieldOf(run, state.values, 'role');
      if (process === 'down' || !role) {
        return;
      }
      const y0 = y(state.step < 0 ? 0 : scale.ofStep(state.step));
      const y1 = i + 1 < states.length ? y(scale.ofStep(states[i + 1].step)) : height;
      const inset = role === 'FOLLOWER' || role === 'RECOVERING' ? laneWidth * 0.3 : 1;
      g.globalAlpha = process === 'paused' ? 0.35 : 1;
      g.fillStyle = theme.roles[role] || theme.roles.RECOVERING;
      const top = Math.floor(y0);
      g.fillRect(10 + lane * laneWidth + inset, top, laneWidth - 2 * inset, Math.max(Math.ceil(y1) - top, 1));
    });
  });
  g.globalAlpha = 1;
  g.fillStyle = theme.alarm;
  for (const step of run.steps) {
    if (step.sort === 'fault') {
      g.fillRect(2, y(scale.ofStep(step.index)) - 0.5, 6, 1);
    } else if (step.sort === 'violation') {
      g.fillRect(0, y(scale.ofStep(step.index)) - 1.5, width, 3);
    }
  }
  g.fillStyle = theme.found;
  for (const index of view.matches) {
    g.fillRect(width - 5, y(scale.ofStep(index)) - 1, 5, 2);
  }
  g.strokeStyle = theme.select;
  g.lineWidth = 1;
  const chosen = y(scale.ofStep(view.selected));
  g.beginPath();
  g.moveTo(0, chosen);
  g.lineTo(width, chosen);
  g.stroke();
  g.lineWidth = 2;
  const from = y(view.top / view.zoom);
  const to = y((view.top + view.height - HEADER) / view.zoom);
  g.strokeRect(1, Math.max(1, from), width - 3, Math.max(6, Math.min(height - 2, to) - Math.max(1, from)));
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

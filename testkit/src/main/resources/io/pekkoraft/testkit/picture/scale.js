// --- scale.js: where an instant stands on the page.

/**
 * Positions of steps in units that the zoom multiplies. In true time they are proportional to it.
 * Squeezed, each step that is shown has room for itself, and a gap grows with the logarithm of its
 * length: a message that takes a millisecond and an election that takes a second fit on one page.
 */
function makeScale(run, isShown, trueTime) {
  const steps = run.steps;
  const count = steps.length;
  const positions = new Float64Array(count);
  let end;
  if (trueTime) {
    steps.forEach((step, i) => {
      positions[i] = (step.time - run.firstNanos) / 1e6;
    });
    end = (run.endNanos - run.firstNanos) / 1e6;
  } else {
    let at = 0;
    let before = -1;
    for (let i = 0; i < count; i++) {
      if (isShown(steps[i]) || i === count - 1) {
        const since = before < 0 ? run.firstNanos : steps[before].time;
        const start = at;
        at += 1 + 0.55 * Math.log2(1 + (steps[i].time - since) / 1e5);
        positions[i] = at;
        for (let hidden = before + 1; hidden < i; hidden++) {
          const part = steps[i].time > since ? (steps[hidden].time - since) / (steps[i].time - since) : 0;
          positions[hidden] = start + part * (at - start);
        }
        before = i;
      }
    }
    const rest = count > 0 ? run.endNanos - steps[count - 1].time : 0;
    end = at + 1 + 0.55 * Math.log2(1 + rest / 1e5);
  }
  return {
    trueTime,
    end: Math.max(end, 1),
    ofStep: (index) => positions[index],
    ofTime: (nanos) => positionOfTime(run, positions, end, trueTime, nanos),
    /** The last step at or above a position, or -1. */
    stepAt: (position) => lastAtMost(count, position, (i) => positions[i]),
    timeAt: (position) => timeAt(run, positions, end, trueTime, position),
  };
}

function positionOfTime(run, positions, end, trueTime, nanos) {
  if (trueTime) {
    return (nanos - run.firstNanos) / 1e6;
  }
  const steps = run.steps;
  const i = lastAtMost(steps.length, nanos, (k) => steps[k].time);
  const [fromTime, from] = i < 0 ? [run.firstNanos, 0] : [steps[i].time, positions[i]];
  const [toTime, to] = i + 1 < steps.length ? [steps[i + 1].time, positions[i + 1]] : [run.endNanos, end];
  return toTime > fromTime ? from + ((to - from) * (nanos - fromTime)) / (toTime - fromTime) : from;
}

function timeAt(run, positions, end, trueTime, position) {
  if (trueTime) {
    return run.firstNanos + position * 1e6;
  }
  const steps = run.steps;
  const i = lastAtMost(steps.length, position, (k) => positions[k]);
  const [fromTime, from] = i < 0 ? [run.firstNanos, 0] : [steps[i].time, positions[i]];
  const [toTime, to] = i + 1 < steps.length ? [steps[i + 1].time, positions[i + 1]] : [run.endNanos, end];
  return to > from ? fromTime + ((toTime - fromTime) * (position - from)) / (to - from) : fromTime;
}

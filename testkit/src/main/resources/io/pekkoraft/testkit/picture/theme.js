// --- theme.js: colours and strokes. Nothing is told by colour alone: roles have widths, patterns and
// words too, families of messages have dashes, and fates have their own ends.

const THEMES = {
  light: {
    surface: '#fbfbfa', text: '#1c2128', quiet: '#5b6470', line: '#d5d9df', grid: '#e9ecf0',
    alarm: '#a3150c', select: '#1d4ed8', band: '#b4540a', bandFill: 'rgb(180 84 10 / 12%)',
    disk: '#7a4fb5', found: '#c026d3', acts: '#0f6cbd',
    answers: {done: '#1f7a4d', 'not done': '#a3150c', unknown: '#a06a00', open: '#8b95a3'},
    roles: {
      FOLLOWER: '#9db2c9', PRE_CANDIDATE: '#e3b93c', CANDIDATE: '#e9802b', LEADER: '#1f7a5c',
      RECOVERING: '#e4e8ee', FAILED: '#b3261e',
    },
    families: {
      'pre-vote': '#8a6d00', vote: '#c2410c', append: '#1d4ed8', heartbeat: '#8290a3', snapshot: '#0e7490',
      transfer: '#a21a6b', forward: '#7b5a34', application: '#3f6212', other: '#5b6470',
    },
  },
  dark: {
    surface: '#14171c', text: '#e4e8ee', quiet: '#9aa5b3', line: '#343b46', grid: '#22272f',
    alarm: '#ff8a7d', select: '#8ab4ff', band: '#ffb077', bandFill: 'rgb(255 176 119 / 14%)',
    disk: '#c4a3ff', found: '#f0a6ff', acts: '#5fb2ff',
    answers: {done: '#6ad7a0', 'not done': '#ff8a7d', unknown: '#f2c14e', open: '#7d8a9c'},
    roles: {
      FOLLOWER: '#5b7089', PRE_CANDIDATE: '#d9b23a', CANDIDATE: '#f0944a', LEADER: '#3fbf8f',
      RECOVERING: '#2b323c', FAILED: '#e5584e',
    },
    families: {
      'pre-vote': '#e6cf6a', vote: '#ff9a66', append: '#86aaff', heartbeat: '#7d8a9c', snapshot: '#5fd0e0',
      transfer: '#ff8fce', forward: '#d5b18a', application: '#bef264', other: '#9aa5b3',
    },
  },
};

const DASHES = {
  'pre-vote': [7, 3], vote: [], append: [], heartbeat: [1, 3], snapshot: [12, 3], transfer: [9, 3, 2, 3],
  forward: [3, 3], application: [], other: [2, 4],
};
const WIDTHS = {snapshot: 2.2, heartbeat: 1, vote: 2};
const ROLE_WORDS = {
  FOLLOWER: 'follower', PRE_CANDIDATE: 'pre-candidate', CANDIDATE: 'candidate', LEADER: 'leader',
  RECOVERING: 'recovering', FAILED: 'failed',
};
const ROLE_WIDTHS = {LEADER: 16, CANDIDATE: 12, PRE_CANDIDATE: 12, FOLLOWER: 8, RECOVERING: 8, FAILED: 12};

function colourOf(theme, message) {
  return theme.families[message.kind.family] || theme.families.other;
}

function dashOf(message) {
  return DASHES[message.kind.family] || DASHES.other;
}

function widthOf(message) {
  return WIDTHS[message.kind.family] || 1.4;
}

/** Fills a piece of a lane's bar in the manner of its role. */
function fillRole(g, theme, role, x, y, height) {
  const width = ROLE_WIDTHS[role] || 8;
  g.fillStyle = theme.roles[role] || theme.roles.RECOVERING;
  g.fillRect(x - width / 2, y, width, height);
  if (role === 'PRE_CANDIDATE' || role === 'CANDIDATE' || role === 'FAILED') {
    hatch(g, theme.surface, x - width / 2, y, width, height, role !== 'PRE_CANDIDATE');
  }
  if (role === 'RECOVERING') {
    g.strokeStyle = theme.quiet;
    g.lineWidth = 1;
    g.strokeRect(x - width / 2 + 0.5, y + 0.5, width - 1, Math.max(0, height - 1));
  }
}

/** Slanted lines, or crossed ones; they keep their places when the page is scrolled by whole pixels. */
function hatch(g, colour, x, y, width, height, crossed) {
  g.save();
  g.beginPath();
  g.rect(x, y, width, height);
  g.clip();
  g.strokeStyle = colour;
  g.lineWidth = 1.2;
  g.beginPath();
  for (let at = y - width; at < y + height + width; at += 6) {
    g.moveTo(x, at + width);
    g.lineTo(x + width, at);
    if (crossed) {
      g.moveTo(x, at);
      g.lineTo(x + width, at + width);
    }
  }
  g.stroke();
  g.restore();
}

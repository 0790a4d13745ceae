// Charts as SVG that read well on white and on black: bars, and lines over sizes. Text is grey, ours is green.
'use strict';

const kRow = 26;
const kBars = 420;
const kNumbers = 100;
const kLetter = 6.8; // about the width of one
const kOurs = '#2f7d4f';
const kOthers = '#8a94a3';
const kGoal = '#c0392b';
const kText = '#5b6470';

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const shown = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en') : value >= 100 || value === 0 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

const page = (width, height, title, content) => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${kText}">
<text x="8" y="18" font-size="14" font-weight="bold">${escaped(title)}</text>
${content}
</svg>
`;

// One bar a row, the name before it, the number behind it. rows: [{ name, value, color? , ours? }]; goal: a line across. A
// logarithmic axis where the longest bar would hide the others, or when its ends are given (range).
function barChart({ title, unit = '', rows, goal = null, goalText = '', range = null }) {
  const values = rows.map((row) => row.value);
  const lowest = Math.min(...values.filter((value) => value > 0), goal ?? Infinity);
  const [low, high] = range ?? [lowest / 2, Math.max(...values, goal ?? 0)];
  const logarithmic = range !== null || high / lowest > 30;
  const share = (value) => (logarithmic ? Math.log(Math.min(Math.max(value, low), high) / low) / Math.log(high / low) : value / high);
  const names = Math.ceil(Math.max(...rows.map((row) => row.name.length)) * kLetter) + 16;
  const bottom = 46 + rows.length * kRow;
  const at = goal === null ? 0 : (names + share(goal) * kBars).toFixed(1);
  const bars = rows.map((row, i) => {
    const y = 46 + i * kRow;
    const width = Math.max(share(row.value) * kBars, 2);
    return `<text x="${names - 8}" y="${y + 13}" text-anchor="end">${escaped(row.name)}</text>
<rect x="${names}" y="${y}" width="${width.toFixed(1)}" height="17" rx="2" fill="${row.color ?? (row.ours ? kOurs : kOthers)}"/>
<text x="${names + kBars + 8}" y="${y + 13}">${shown(row.value)} ${escaped(unit)}</text>`;
  });
  const mark = goal === null ? '' : `<line x1="${at}" x2="${at}" y1="40" y2="${bottom}" stroke="${kGoal}" stroke-dasharray="4 3"/>
<text x="${at}" y="36" text-anchor="middle" fill="${kGoal}">${escaped(goalText || `goal ${goal}`)}</text>`;
  const note = logarithmic ? `<text x="${names}" y="${bottom + 14}" font-size="11">bars are on a logarithmic scale</text>` : '';
  return page(names + kBars + kNumbers, bottom + (logarithmic ? 24 : 10), title, [...bars, mark, note].join('\n'));
}

// The next of 1, 2, 4, 6, 8, 10, 20, ...: four parts of it are round numbers too.
function roundAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].find((digit) => digit * power >= value) * power;
}

// Lines over a logarithmic axis. series: [{ name, color, points: [[x, y], ...] }]; xs are all x that occur.
function lineChart({ title, xName, unit, series }) {
  const [left, top, width, height] = [70, 50, 480, 240];
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const highest = roundAbove(Math.max(...points.map(([, y]) => y)));
  const place = (value) => left + (xs.length < 2 ? width / 2 : (Math.log(value / xs[0]) / Math.log(xs[xs.length - 1] / xs[0])) * width);
  const level = (value) => top + height - (value / highest) * height;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const y = level(part * highest).toFixed(1);
    return `<line x1="${left}" x2="${left + width}" y1="${y}" y2="${y}" stroke="${kOthers}" stroke-opacity="0.35"/>
<text x="${left - 8}" y="${Number(y) + 4}" text-anchor="end">${shown(part * highest)}</text>`;
  });
  const ticks = xs.map((x) => `<text x="${place(x).toFixed(1)}" y="${top + height + 18}" text-anchor="middle">${x.toLocaleString('en')}</text>`);
  const lines = series.map((one, i) => {
    const path = one.points.map(([x, y]) => `${place(x).toFixed(1)},${level(y).toFixed(1)}`).join(' ');
    const dots = one.points.map(([x, y]) => `<circle cx="${place(x).toFixed(1)}" cy="${level(y).toFixed(1)}" r="3" fill="${one.color}"/>`).join('');
    return `<polyline points="${path}" fill="none" stroke="${one.color}" stroke-width="2"/>${dots}
<rect x="${left + width + 24}" y="${top + i * 20}" width="12" height="12" fill="${one.color}"/><text x="${left + width + 42}" y="${top + i * 20 + 11}">${escaped(one.name)}</text>`;
  });
  const names = `<text x="${left + width / 2}" y="${top + height + 40}" text-anchor="middle">${escaped(xName)}</text><text x="8" y="${top - 12}">${escaped(unit)}</text>`;
  return page(left + width + 220, top + height + 54, title, [...grid, ...ticks, ...lines, names].join('\n'));
}

module.exports = { barChart, lineChart, kOurs, kOthers, kGoal };

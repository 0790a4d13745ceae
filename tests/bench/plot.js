// Bar charts as SVG that reads well on white and on black: one bar a row, the name before it, the number behind it, and a mark
// where the goal is.
'use strict';

const kRow = 26;
const kNames = 190;
const kBars = 420;
const kNumbers = 110;

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

// rows: [{ name, value, ours }]; goal: a value or nothing. digits: behind the point.
function barChart({ title, unit, rows, goal, digits = 2 }) {
  const highest = Math.max(...rows.map((row) => row.value), goal ?? 0);
  const height = 54 + rows.length * kRow;
  const x = (value) => kNames + (value / highest) * kBars;
  const bars = rows.map((row, i) => {
    const y = 44 + i * kRow;
    const width = Math.max(x(row.value) - kNames, 1).toFixed(1);
    return `<text x="${kNames - 8}" y="${y + 13}" text-anchor="end">${escaped(row.name)}</text>
<rect x="${kNames}" y="${y}" width="${width}" height="17" rx="2" fill="${row.ours ? '#2f7d4f' : '#8a94a3'}"/>
<text x="${(kNames + Number(width) + 7).toFixed(1)}" y="${y + 13}">${row.value.toFixed(digits)} ${escaped(unit)}</text>`;
  });
  const mark = goal === undefined ? '' : `<line x1="${x(goal).toFixed(1)}" x2="${x(goal).toFixed(1)}" y1="38" y2="${height - 8}" stroke="#c0392b" stroke-dasharray="4 3"/>
<text x="${x(goal).toFixed(1)}" y="34" text-anchor="middle" fill="#c0392b">goal ${goal}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${kNames + kBars + kNumbers}" height="${height}" font-family="sans-serif" font-size="12" fill="#5b6470">
<text x="8" y="18" font-size="14" font-weight="bold">${escaped(title)}</text>
${bars.join('\n')}
${mark}
</svg>
`;
}

module.exports = { barChart };

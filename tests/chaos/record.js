// Lines of a chaos run's log, as record.h has them.
'use strict';

const fs = require('node:fs');

function text(who, ...fields) {
  return `${(Number(process.hrtime.bigint()) / 1e6).toFixed(3)} ${who} ${fields.join(' ')}\n`;
}

module.exports = { text, line: (...fields) => fs.writeSync(1, text(...fields)) };

// The Python sample of docs/mapi-developers.md over the Linux socket. What it does on Windows only (opening the pipe, the notices in the
// registry) is not run here.
'use strict';

const test = require('node:test');
const path = require('node:path');
const { testHolder } = require('./holder_program');

if (!process.env.PYTHON3 || process.env.PYTHON3.endsWith('NOTFOUND')) {
  console.log('NO PYTHON: python3 is not installed, so the Python sample is NOT run. Install python3');
  test.skip('the Python sample needs python3', () => {});
} else {
  testHolder([process.env.PYTHON3, '-B', path.join(__dirname, '../../docs/samples/hold_profile.py')]);
}

// The Node sample of docs/mapi-developers.md, with the library that its readers would use.
'use strict';

const path = require('node:path');
const { testHolder } = require('./holder_program');

testHolder([process.execPath, path.join(__dirname, '../../docs/samples/hold_profile.js')]);

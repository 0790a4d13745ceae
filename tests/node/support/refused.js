// Expecting a "no": by its reason alone, code and HRESULT come from the table in proto/protocol.md.
'use strict';

const assert = require('node:assert');
const { refusals } = require('./protocol_document');

// error: a ResponseError, or the error member of an answer.
function assertRefusal(error, reason) {
  const { code, hresult } = refusals.get(reason);
  assert.deepStrictEqual({ code: error.code, data: error.data }, { code, data: { reason, hresult } }, error.message);
  assert.ok(error.message.length > 10, 'the message is a sentence');
}

async function refused(reason, promise) {
  await assert.rejects(promise, (error) => {
    assertRefusal(error, reason);
    return true;
  });
}

module.exports = { assertRefusal, refused };

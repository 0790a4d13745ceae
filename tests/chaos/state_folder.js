// The state folder as a disk of its own: a small tmpfs that can be full, and that can be mounted read-only. It takes a mount
// namespace of the run's own, in which nothing is left behind (chaos.sh makes it, as root or as the root of a user namespace).
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');

const mount = (...args) => execFileSync('mount', args, { stdio: 'pipe' });

class StateFolder {
  constructor(folder) {
    this.folder = folder;
    this.ballast = path.join(folder, 'ballast');
    this.readOnly = `${folder}-read-only`; // the same folder, seen through a mount that cannot be written
    this.busy = false; // one kind of trouble at a time
    try {
      mount('-t', 'tmpfs', '-o', 'size=8m', 'chaos', folder);
      fs.mkdirSync(this.readOnly, { recursive: true });
      mount('--bind', folder, this.readOnly);
      mount('-o', 'remount,bind,ro', this.readOnly);
      this.isOwnDisk = true;
    } catch (error) {
      this.isOwnDisk = false;
      this.why = String(error.stderr || error.message).trim();
    }
  }

  // Until there is not one byte left.
  fill() {
    const file = fs.openSync(this.ballast, 'a');
    try {
      for (let size = 65536; size > 0; size = size === 1 ? 0 : size >> 2) {
        try {
          for (;;) {
            if (fs.writeSync(file, Buffer.alloc(size)) === 0) {
              break;
            }
          }
        } catch (error) {
          if (error.code !== 'ENOSPC') {
            throw error;
          }
        }
      }
    } finally {
      fs.closeSync(file);
    }
  }

  makeRoom() {
    fs.rmSync(this.ballast);
  }

  // That mount on top. What is open for writing stays so, as it does when a disk's permissions
  // are taken away; nothing new can be opened or renamed. (chmod does not stop root, and a remount is refused while files are open.)
  makeReadOnly() {
    mount('--bind', this.readOnly, this.folder);
  }

  makeWritable() {
    execFileSync('umount', ['-l', this.folder], { stdio: 'pipe' });
  }

  // The namespace ends with the run, but a Wine prefix is removed before that.
  dispose() {
    if (this.isOwnDisk) {
      execFileSync('umount', ['-l', this.readOnly, this.folder], { stdio: 'pipe' });
      fs.rmdirSync(this.readOnly);
    }
  }
}

module.exports = { StateFolder };

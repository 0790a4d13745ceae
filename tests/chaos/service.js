// The service's life in a chaos run: one change of it at a time, each written into the log before it happens. Whoever waits for
// a change gets it after those that were asked for earlier.
'use strict';

const { pause } = require('./waiting');

class Service {
  // isForgetful: its state is thrown away with each kill, for the observer's own test.
  constructor(platform, write, isForgetful) {
    Object.assign(this, { platform, write, isForgetful });
    this.turn = Promise.resolve();
  }

  inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  // Until it serves: a folder that is read-only now is written again soon.
  async startNow() {
    this.write('service-starting');
    while (!(await this.platform.startService())) {
      this.write('service-refused');
      await pause(200);
    }
    this.write('service-started');
  }

  start() {
    return this.inTurn(() => this.startNow());
  }

  stop() {
    return this.inTurn(() => this.endNow('stop'));
  }

  async endNow(how) {
    this.write(`service-${how}`);
    if (how === 'stop') {
      await this.platform.stopService();
    } else {
      await this.platform.killService();
      if (this.isForgetful) {
        this.platform.loseState();
      }
    }
    this.write('service-ended');
  }

  restart(how, away) {
    return this.inTurn(async () => {
      await this.endNow(how);
      await pause(away);
      await this.startNow();
    });
  }

  // away: it never comes to itself again, but is killed and started anew after that time.
  freeze(length, away) {
    return this.inTurn(async () => {
      this.write('service-freeze');
      this.platform.signalService('SIGSTOP');
      await pause(length);
      if (away === undefined) {
        this.platform.signalService('SIGCONT');
        this.write('service-thawed');
        return;
      }
      await this.endNow('kill');
      await pause(away);
      await this.startNow();
    });
  }

  // Killed, and started again with too few descriptors for all who hold something.
  restartStarved(descriptors, length) {
    return this.inTurn(async () => {
      await this.endNow('kill');
      this.write('descriptors', descriptors);
      if (await this.platform.startService(descriptors)) {
        await pause(length);
        await this.endNow('kill');
      }
      await this.startNow();
    });
  }

  starve(more, length) {
    return this.inTurn(async () => {
      this.write('descriptors', more);
      this.platform.limitDescriptors(more);
      await pause(length);
      this.platform.limitDescriptors();
      this.write('descriptors-back');
    });
  }
}

module.exports = { Service };

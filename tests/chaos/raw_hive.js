// The simulated hive of a chaos run (simulated_hive_posix.cpp) and its notices (client-lib/hive_notices.h) as a client in another
// language sees them on Linux. Under Wine a raw client has no way to the registry: it uses profiles, and deletes none.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

// In Removals first, then in the references: who writes first and reads second cannot be missed.
class RawHive {
  constructor(folder, who) {
    this.folder = folder;
    this.who = who;
    this.graves = 0;
    this.isReal = process.platform !== 'win32';
    this.notices = path.join(process.env.XDG_STATE_HOME ?? '', 'mapi-profile-broker');
  }

  open(profile) {
    if (!this.isReal) {
      return { harm: () => '', close() {} };
    }
    const section = path.join(this.folder, 'Profiles', profile.toLowerCase(), 'section');
    fs.mkdirSync(path.dirname(section), { recursive: true });
    const fd = fs.openSync(section, 'a+');
    return {
      harm() {
        const there = fs.statSync(section, { throwIfNoEntry: false });
        const mine = fs.fstatSync(fd);
        return !there ? 'it-is-gone' : there.ino === mine.ino ? '' : 'it-was-made-anew';
      },
      close: () => fs.closeSync(fd),
    };
  }

  remove(profile) {
    const grave = path.join(this.folder, 'Deleted', `${this.who}-${++this.graves}`);
    try {
      fs.renameSync(path.join(this.folder, 'Profiles', profile.toLowerCase()), grave);
    } catch (error) {
      return error.code === 'ENOENT' ? 'missing' : 'failed';
    }
    fs.rmSync(grave, { recursive: true });
    return 'gone';
  }

  // What remove() says, which is not asked when a living process has a notice of the profile.
  withNotice(claim, profile, remove) {
    if (!this.isReal) {
      return false;
    }
    const notice = path.join(this.notices, 'Removals', claim.toUpperCase());
    fs.mkdirSync(path.dirname(notice), { recursive: true });
    const [, start] = stat(process.pid);
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    fs.writeFileSync(notice, `${os.hostname()} ${process.pid} ${start}@${boot} ${profile}\n${claim}\n`);
    const removed = !this.isNoticed(profile) && remove();
    fs.rmSync(notice, { force: true });
    return removed;
  }

  isNoticed(profile) {
    const folder = path.join(this.notices, 'Unregistered References');
    const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    return files.some((file) => {
      let text = '';
      try {
        text = fs.readFileSync(path.join(folder, file), 'utf8');
      } catch {
        return false; // gone meanwhile
      }
      const [, , pid, start, name] = /^(\S+) (\d+) (\d+)@\S+ (.*)$/m.exec(text) ?? [];
      return name?.toLowerCase() === profile.toLowerCase() && stat(pid)?.[1] === start;
    });
  }
}

// State and start time of a living process, from /proc/PID/stat; nothing of a dead one.
function stat(pid) {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
    return 'ZX'.includes(fields[0]) ? undefined : [fields[0], fields[19]];
  } catch {
    return undefined;
  }
}

module.exports = { RawHive };

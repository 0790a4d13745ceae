// What this machine is and allows: which processors there are to pin to, how many descriptors and processes a server of
// everything may have, and what a process uses.
'use strict';

const fs = require('node:fs');
const os = require('node:os');

const fileNumber = (file) => Number(fs.readFileSync(file, 'utf8'));

const descriptorLimit = () => Number(/Max open files\s+\S+\s+(\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);

// A waiting process of the crowd costs 200 kB; a quarter of what is free may go there. The service needs a descriptor for
// each and some for connections.
function crowdSize(wanted) {
  const available = Number(/MemAvailable:\s+(\d+)/.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024;
  return Math.max(1, Math.min(wanted, descriptorLimit() - 3000, fileNumber('/proc/sys/kernel/pid_max') >> 1, Math.floor(available / 4 / 200_000)));
}

const residentBytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

function described() {
  const model = os.cpus()[0]?.model ?? 'unknown processor';
  return `${model}, ${os.availableParallelism()} processors, ${os.type()} ${os.release()}, load ${os.loadavg()[0].toFixed(1)} at the end`;
}

module.exports = { descriptorLimit, crowdSize, residentBytes, described };

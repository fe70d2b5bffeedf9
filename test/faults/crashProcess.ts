import { playCrash, type CrashRun } from './crashRun.ts';

// A process that plays what its first argument says, as JSON, to its end or until it is killed.
const given = process.argv[2];
if (given === undefined) throw new Error('say what to play');
await playCrash(JSON.parse(given) as CrashRun);

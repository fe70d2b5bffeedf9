import { guardOf } from '../../kit/splitGuards.ts';
import { digestOf } from './digest.ts';
import { loggersOf, setLevelIn } from './endpoints.ts';
import { quoted } from '../../kit/words.ts';
import type { Memory } from './memoryPlan.ts';

// What Spring Boot takes for every logging system.
const levels: ReadonlySet<string> = new Set(['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']);

/** Levels of loggers in each instance. */
export const levelsMemory: Memory = {
  kind: 'Loggers',
  what: 'logger',
  source: null,
  refreshes: false,
  many: 'loggers',
  refusal(key, value) {
    if (value === null)
      // Spring answers it with an error of its own (Boot 4).
      return key === 'ROOT'
        ? 'ROOT has no logger above it, so its level cannot be taken away: set it.'
        : null;
    return levels.has(value) ? null : `“${value.slice(0, 40)}” is no level: ${[...levels].join(', ')}.`;
  },
  async read(actuator, _member, signal) {
    const { loggers } = await loggersOf(actuator, signal);
    const own = [...loggers].filter(([, { configured }]) => configured !== null);
    return {
      own: new Map(own.map(([key, { configured }]) => [key, configured ?? ''])),
      masked: [],
      revision: JSON.stringify(own),
    };
  },
  async write(actuator, wanted, signal) {
    for (const [logger, level] of wanted) await setLevelIn(actuator, logger, level, signal);
  },
  guards: (wanted) =>
    [...wanted].some(([, value]) => value === 'TRACE' || value === 'DEBUG')
      ? [
          guardOf(
            'loud-logger',
            'pass',
            'DEBUG and TRACE may write a great deal, and what they write may hold data of customers',
          ),
        ]
      : [],
  notes: () => [],
  commands: ({ instance: { management } }, wanted) =>
    [...wanted].map(
      ([logger, configuredLevel]) =>
        `curl --fail --request POST --header 'Content-Type: application/json' --data ${quoted(JSON.stringify({ configuredLevel }))} ${quoted(`${management}/loggers/${encodeURIComponent(logger)}`)}`,
    ),
  revisionOf: (held) =>
    digestOf(
      JSON.stringify(
        held.flatMap(({ name, told }) =>
          told === null ? [] : [[name, JSON.parse(told.revision) as unknown]],
        ),
      ),
    ),
};

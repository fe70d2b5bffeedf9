import { PeerError } from '../../kit/peerError.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { digestOf } from './digest.ts';
import { dropOverridesIn, environmentOf, overrideIn, refreshIn } from './endpoints.ts';
import { overridesIn } from './environment.ts';
import { registersAnew, sayNames } from './instances.ts';
import { quoted } from '../../kit/words.ts';
import type { Memory } from './memoryPlan.ts';

/** The property source “manager” of each instance, which stands above all others. */
export const overridesMemory: Memory = {
  kind: 'Overrides',
  what: 'property',
  source: 'manager',
  refreshes: true,
  many: 'properties',
  refusal: (key, value, held) =>
    value === null && !held.some(({ told }) => told?.own.has(key) === true)
      ? `${key} is no override of any instance, so there is nothing to take away: it comes from elsewhere.`
      : null,
  async read(actuator, _member, signal) {
    const all = overridesIn(await environmentOf(actuator, signal));
    return {
      own: new Map([...all].flatMap(([key, { value }]) => (value === null ? [] : [[key, value] as const]))),
      masked: [...all].flatMap(([key, { value }]) => (value === null ? [key] : [])),
      revision: JSON.stringify([...all]),
    };
  },
  async write(actuator, wanted, signal) {
    const gone = [...wanted].some(([, value]) => value === null);
    if (gone) await dropOnly(actuator, wanted, signal);
    for (const [key, value] of wanted) if (value !== null) await overrideIn(actuator, key, value, signal);
    // Without it beans keep what they have.
    await refreshIn(actuator, signal);
  },
  guards(wanted, held) {
    const masking = held.flatMap(({ name, told }) => ((told?.masked.length ?? 0) > 0 ? [name] : []));
    const isDropping = [...wanted.values()].includes(null);
    return [
      guardOf(
        'writable-environment',
        'pass',
        'Instances take it only where management.endpoint.env.post.enabled is set',
        'Nothing that can be read says whether it is; the write itself tells.',
      ),
      ...(masking.length === 0
        ? []
        : [
            guardOf(
              'masked-overrides',
              isDropping ? 'block' : 'tick',
              `${sayNames(masking)} ${masking.length === 1 ? 'has' : 'have'} overrides that are masked`,
              'Spring drops all overrides at once or none. These could not be written back, so what is set now could not be taken away alone.',
            ),
          ]),
    ];
  },
  notes: (wanted) => [
    ...([...wanted.values()].includes(null)
      ? [
          'Spring can only drop all overrides of an instance at once: Podium drops them and writes the others back at once.',
        ]
      : [
          'To take it back Podium drops all overrides of an instance, which is all that Spring can, and writes the others back.',
        ]),
    `Each instance refreshes after it, so that its beans have the value. ${registersAnew}`,
  ],
  commands: ({ instance: { management } }, wanted) => [
    ...([...wanted.values()].includes(null)
      ? [`curl --fail --request DELETE ${quoted(`${management}/env`)}`]
      : []),
    ...[...wanted].flatMap(([name, value]) =>
      value === null
        ? []
        : [
            `curl --fail --request POST --header 'Content-Type: application/json' --data ${quoted(JSON.stringify({ name, value }))} ${quoted(`${management}/env`)}`,
          ],
    ),
    `curl --fail --request POST ${quoted(`${management}/refresh`)}`,
  ],
  revisionOf: (held) =>
    digestOf(
      JSON.stringify(
        held.flatMap(({ name, told }) =>
          told === null ? [] : [[name, JSON.parse(told.revision) as unknown]],
        ),
      ),
    ),
};

/** Drops all of an instance, and writes back what was to stay. */
async function dropOnly(
  actuator: Parameters<Memory['write']>[0],
  wanted: Parameters<Memory['write']>[1],
  signal: AbortSignal,
): Promise<void> {
  const all = overridesIn(await environmentOf(actuator, signal));
  const staying = [...all].filter(([key]) => !wanted.has(key));
  const masked = staying.flatMap(([key, { value }]) => (value === null ? [key] : []));
  if (masked.length > 0)
    throw new PeerError(
      'refused',
      `It masks its overrides ${masked.slice(0, 5).join(', ')}, which would be lost with the others; nothing was dropped.`,
    );
  await dropOverridesIn(actuator, signal);
  for (const [key, { value }] of staying)
    if (value !== null) {
      await overrideIn(actuator, key, value, signal).catch((error: unknown) => {
        throw new PeerError(
          'broken',
          `All its overrides were dropped, and ${key} could not be written back: ${error instanceof Error ? error.message : ''}`,
        );
      });
    }
}

/** The flows that are walked from beginning to end without a pointer, each with the spec that walks it. */
export const keyboardFlows = {
  'Connect, and close again': 'keyboard',
  'Find a service': 'keyboard',
  'Follow calls on the map': 'map',
  'Read logs': 'keyboard',
  'All about a service': 'onCall',
  'Copy a link to this minute': 'keyboard',
  'Shift a weight, and undo it': 'shift',
  'Watch a change': 'watch',
  'Lead a canary': 'canary',
  'Trip calls, and let them go': 'trips',
  'Edit protections': 'protections',
  'Scale, restart and roll back': 'rollouts',
  'Change settings, and put back': 'keyboard',
} as const;

export type KeyboardFlow = keyof typeof keyboardFlows;

/** The keys of the window, as the help lists them. */
export const keyGroups: readonly {
  readonly title: string;
  readonly keys: readonly { readonly keys: string; readonly what: string }[];
}[] = [
  {
    title: 'Everywhere',
    keys: [
      { keys: 'Ctrl K or ⌘ K', what: 'Find a service or an action' },
      { keys: '/', what: 'Find on the map or in the list' },
      { keys: '1 2 3 4 5', what: 'Map, Services, Config, Journal, Sources' },
      { keys: 'Ctrl , or ⌘ ,', what: 'Settings' },
      { keys: 'P', what: 'To what is pending, to review it' },
      { keys: 'Esc', what: 'Back: close what is open, then let go of the selection' },
      { keys: '?', what: 'This list' },
    ],
  },
  {
    title: 'On the map',
    keys: [
      { keys: '→', what: 'Follow a call to the service called' },
      { keys: '←', what: 'Follow a call back to its caller' },
      { keys: '↑ ↓', what: 'The next service above or below' },
      { keys: 'Enter', what: 'Select the service, then into the inspector' },
      { keys: 'M or the menu key', what: 'Everything about the service: logs, events, YAML…' },
      { keys: 'T', what: 'Trip the selected call, or all calls to the selected service' },
      { keys: 'L', what: 'Copy a link to the selected service, at this minute' },
      { keys: 'G', what: 'Logs of the selected service' },
      { keys: 'F', what: 'Port-forward to the selected service' },
      { keys: '+ −', what: 'Zoom in, out' },
      { keys: '0', what: 'Fit all in view' },
    ],
  },
  {
    title: 'On the handle of a split',
    keys: [
      { keys: '← →', what: 'Move by 1' },
      { keys: 'Shift ← →', what: 'Move by 10, as Page Up and Page Down do' },
      { keys: 'Home End', what: 'All to one version, all to the other' },
      { keys: 'Enter', what: 'Review what is pending' },
      { keys: 'Esc', what: 'Put back what is declared' },
    ],
  },
  {
    title: 'In logs',
    keys: [
      { keys: 'Space', what: 'Pause, go on' },
      { keys: 'W', what: 'Wrap long lines' },
      { keys: '/', what: 'Filter lines' },
      { keys: 'Esc', what: 'Close them' },
    ],
  },
  {
    title: 'Elsewhere',
    keys: [
      { keys: '← →', what: 'On the edge of the inspector: make it wider or narrower' },
      { keys: 'Enter', what: 'In find: keep the words as a filter' },
      { keys: 'Esc', what: 'In an editor: leave it, so that Tab goes on' },
    ],
  },
];

/** What the tour looks at to know how far the operator has come. */
export interface TourSeen {
  readonly splitServiceSelected: boolean;
  readonly pending: boolean;
  readonly reviewing: boolean;
  /** Written by this window in this rehearsal. */
  readonly applied: boolean;
  readonly measured: boolean;
  readonly undone: boolean;
}

/** The steps of the tour: what to do, and what shows that it was done. */
export const tourSteps: readonly { readonly text: string; readonly done: (seen: TourSeen) => boolean }[] = [
  {
    text: 'Pick payment: on the map, or under “Needs attention”. Its calls are split over two versions.',
    done: (seen) => seen.splitServiceSelected,
  },
  {
    text: 'Grab the handle in its split bar and drag v2 down to 5 (or focus it and use the arrows). Nothing is written yet.',
    done: (seen) => seen.pending,
  },
  {
    text: 'Press Review in the tray: it shows the exact change and checks it against the cluster.',
    done: (seen) => seen.reviewing,
  },
  {
    text: 'Unlock the rehearsal, in the dialog or the title bar, and apply: watch it climb from accepted to measured.',
    done: (seen) => seen.applied && seen.measured,
  },
  {
    text: 'Take it back: Undo… in the same dialog or in the journal, and apply that.',
    done: (seen) => seen.undone,
  },
];

/** How many steps are behind, given how many were before: a step once done stays done, and a later one brings the earlier. */
export function tourProgress(before: number, seen: TourSeen): number {
  let reached = before;
  tourSteps.forEach((step, index) => {
    if (step.done(seen)) reached = Math.max(reached, index + 1);
  });
  return reached;
}

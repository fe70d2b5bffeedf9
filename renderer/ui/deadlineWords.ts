/** What is to be known of everything that ends by itself; it goes on from "It ends". */
export const atItsDeadline =
  'at its deadline while any Podium with rights runs, else first thing at the next start.';

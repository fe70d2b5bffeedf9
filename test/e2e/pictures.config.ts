import base from './playwright.config.ts';

/** `npm run pictures`: takes the README's pictures anew, from the rehearsal, as an operator would see it. */
export default { ...base, testMatch: '**/pictures.take.ts', reporter: [['list']] };

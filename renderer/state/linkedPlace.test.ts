import { expect, test } from 'vitest';
import type { DeepLink } from '../../shared/model/deepLink.ts';
import { askToShow, forgetLink, sayOfLink, useLinkedPlace } from './linkedPlace.ts';
import { showToast, useToasts } from './toasts.ts';

const linkTo = (service: string): DeepLink => ({ context: null, namespace: 'shop', service, at: null });
const shown = () => useToasts.getState().toasts.map(({ text }) => text);

test('what was said of one link goes with the next, and nothing else does', () => {
  askToShow(linkTo('payment'));
  forgetLink();
  showToast({ tone: 'bad', text: 'The pod could not be ended.' });
  sayOfLink({ tone: 'neutral', text: 'payment is in prod-eu and stage-viewer.' });
  sayOfLink({ tone: 'neutral', text: 'The link is about yesterday.' });
  expect(shown()).toHaveLength(3);
  askToShow(linkTo('order'));
  expect(shown()).toEqual(['The pod could not be ended.']);
  expect(useLinkedPlace.getState().wanted?.service).toBe('order');
});

import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Permission } from '../../shared/model/connection.ts';
import { DeniedNote } from './DeniedNote.tsx';

const denied: Permission = {
  verb: 'patch',
  resource: 'deployments.apps',
  namespace: 'shop',
  allowed: false,
  purpose: 'restart workloads',
};

test('what the credentials forbid is named, with a way to ask for it', () => {
  const html = renderToStaticMarkup(<DeniedNote denied={denied} />);
  expect(html).toContain('You may not patch deployments.apps in shop.');
  expect(html).toContain('Copy a Role to ask for');
});

test('a hostile name of a namespace stays text in the note', () => {
  const html = renderToStaticMarkup(<DeniedNote denied={{ ...denied, namespace: '<script>\u202e' }} />);
  expect(html).not.toContain('<script>');
  expect(html).not.toContain('\u202e');
});

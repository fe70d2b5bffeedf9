import './client/plainZod.ts';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './ui/tokens.css';
import './ui/base.css';
import './ui/ui.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { allowOwnTypes } from './client/trustedTypes.ts';
import { listenForLinks } from './client/linkedPlace.ts';
import { beginLine } from './client/openLine.ts';

allowOwnTypes();
// Before the line takes its code from the address.
listenForLinks();
beginLine();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

import { ipcRenderer } from 'electron';

// Hands the window a port to the console whenever its page asks for one, and knows nothing of what goes over it.
window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== 'podium:connect') return;
  ipcRenderer.send('podium:connect');
});

ipcRenderer.on('podium:port', (event) => {
  window.postMessage('podium:port', window.location.origin, event.ports);
});

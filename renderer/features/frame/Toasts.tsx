import './Toasts.css';
import { useEffect } from 'react';
import { type Toast, dismissToast, useToasts } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';

/** Short words to the operator, newest last. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-label="Messages">
      {toasts.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastView({ toast }: { readonly toast: Toast }) {
  const { id, lastsMs, action } = toast;
  useEffect(() => {
    if (lastsMs === null) return;
    const timer = setTimeout(() => dismissToast(id), lastsMs);
    return () => clearTimeout(timer);
  }, [id, lastsMs]);
  return (
    <div className={`toast ${toast.tone}`}>
      <span className="grow">{plainText(toast.text)}</span>
      {action !== null && (
        <Button
          onPress={() => {
            dismissToast(id);
            action.run();
          }}
        >
          {action.title}
        </Button>
      )}
      <Button tone="quiet" square aria-label="Dismiss this message" onPress={() => dismissToast(id)}>
        ✕
      </Button>
    </div>
  );
}

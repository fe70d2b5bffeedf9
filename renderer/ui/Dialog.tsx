import { type ReactNode, useEffect, useEffectEvent } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly widthPx?: number;
  /** `alertdialog` for what must be answered. */
  readonly role?: 'dialog' | 'alertdialog';
  /** Whether a click outside closes it too; Escape always does. */
  readonly closesOutside?: boolean;
}

/** A modal dialog that is there as long as it is rendered. */
export function Dialog({
  title,
  onClose,
  children,
  widthPx = 520,
  role = 'dialog',
  closesOutside = true,
}: DialogProps) {
  useEscapeFromNowhere(onClose);
  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable={closesOutside}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="dialog" style={{ width: widthPx }}>
        <AriaDialog role={role}>
          <Heading slot="title" className="dialogTitle">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The row of buttons at a dialog's end; what goes first stands left. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="dialogActions">{children}</div>;
}

/**
 * When the button that had the focus goes away (Apply, once applied), the focus falls to the body, and keys pressed there
 * never reach the dialog.
 */
function useEscapeFromNowhere(onClose: () => void): void {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || document.activeElement !== document.body) return;
      event.preventDefault();
      close();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

// What opens above a page. When it is gone, the focus is where it was before.
import {
  type DrawerProps,
  type ModalProps,
  Drawer as PlainDrawer,
  Modal as PlainModal,
} from "@mantine/core";
import { useEffect, useState } from "react";

/** What had the focus last, whether or not it still has it. */
let last: EventTarget | null = null;
globalThis.document?.addEventListener("focusin", ({ target }) => {
  last = target;
});

/** What a dialog is opened with; an item of a menu is gone by its end, the menu's button is not. A button
    that is out of use while it works has lost the focus. */
function openerNow(): Element | null {
  const active = document.activeElement;
  if (last instanceof HTMLButtonElement && last.disabled) return last;
  const button = active?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return button ? document.getElementById(button) : active;
}

/** Gives the focus back, unless something else has taken it by then. Where what opened the dialog is
    gone too, such as a row that was deleted, the page takes it. */
function useFocusBack(opened: boolean) {
  const [was, setWas] = useState(false);
  const [opener, setOpener] = useState<Element | null>(null);
  if (opened !== was) {
    setWas(opened);
    if (opened) setOpener(openerNow()); // now: a menu closes with this very rendering
  }
  useEffect(() => {
    if (!opened) return;
    return () => {
      const active = document.activeElement;
      const dialog = active?.closest("[role=dialog]");
      const isTaken = active !== document.body && (!dialog || dialog.contains(opener));
      const back = opener?.isConnected ? opener : document.getElementById("main");
      if (!isTaken && back instanceof HTMLElement) back.focus({ preventScroll: true });
    };
  }, [opened, opener]);
}

export function Modal(props: ModalProps) {
  useFocusBack(props.opened);
  return <PlainModal {...props} returnFocus={false} />;
}

export function Drawer(props: DrawerProps) {
  useFocusBack(props.opened);
  return <PlainDrawer {...props} returnFocus={false} />;
}

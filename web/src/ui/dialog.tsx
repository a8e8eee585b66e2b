// What opens above a page: asks before something unsaved in it is lost, and when it is gone, the focus is
// where it was before.
import {
  type DrawerProps,
  type ModalProps,
  Drawer as PlainDrawer,
  Modal as PlainModal,
} from "@mantine/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import { Layer, leaveFor } from "~/shell/unsaved";

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

/** How Esc closes what is open, the topmost last; null: not at all. */
const open: RefObject<(() => void) | null>[] = [];
globalThis.window?.addEventListener(
  "keydown",
  ({ key, isComposing, target }) => {
    if (key !== "Escape" || isComposing) return;
    // A list that is open closes first.
    if (target instanceof Element && target.matches("[data-mantine-stop-propagation=true]")) return;
    open.at(-1)?.current?.();
  },
  { capture: true },
);

/** What Modal and Drawer have in common. */
function useLayer<P extends ModalProps | DrawerProps>(props: P) {
  const { opened, onClose, closeOnEscape = true, children } = props;
  useFocusBack(opened);
  const [layer] = useState(() => ({}));
  const close = () => leaveFor(onClose, layer);
  const onEscape = useRef<(() => void) | null>(null);
  useEffect(() => {
    onEscape.current = closeOnEscape ? close : null;
  });
  useEffect(() => {
    if (!opened) return;
    open.push(onEscape);
    return () => {
      open.splice(open.indexOf(onEscape), 1);
    };
  }, [opened]);
  return {
    ...props,
    onClose: close,
    closeOnEscape: false, // one at a time
    returnFocus: false,
    children: <Layer value={layer}>{children}</Layer>,
  };
}

export function Modal(props: ModalProps) {
  return <PlainModal {...useLayer(props)} />;
}

export function Drawer(props: DrawerProps) {
  return <PlainDrawer {...useLayer(props)} />;
}

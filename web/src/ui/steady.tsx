// A button that keeps the focus while it can do nothing: one that is `disabled` drops it, and whoever
// has just saved by keyboard would begin again at the top of the page.
import type { ComponentProps, MouseEvent } from "react";

/** Stands for `button` in every Button and ActionIcon. */
export function Steady({ disabled, onClick, type = "button", ...props }: ComponentProps<"button">) {
  // Enter in a field of its form is a click too.
  const refuse = (event: MouseEvent) => event.preventDefault();
  return (
    <button
      {...props}
      type={type}
      aria-disabled={disabled || undefined}
      onClick={disabled ? refuse : onClick}
    />
  );
}

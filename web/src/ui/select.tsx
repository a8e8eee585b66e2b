// A list to choose from in a form, which can say by its label what somebody else has stored meanwhile.
import {
  getOptionsLockup,
  getParsedComboboxData,
  type SelectProps as PlainProps,
  Select as PlainSelect,
} from "@mantine/core";
import { StoredNow } from "./conflict";

export interface SelectProps<V extends string = string> extends PlainProps<V> {
  /** What is stored, where that differs from what stands here. */
  stored?: string | null;
}

export function Select<V extends string = string>({ stored, ...props }: SelectProps<V>) {
  if (stored === undefined) return <PlainSelect {...props} />;
  const options = getOptionsLockup(getParsedComboboxData(props.data));
  const label = stored && (options[stored]?.label ?? "–");
  return <PlainSelect {...props} description={<StoredNow value={label} />} />;
}

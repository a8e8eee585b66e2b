// Choosing somebody of the directory.
import { Picker, type PickProps } from "~/ui/picker";
import { usePeople } from "./data";
import { words } from "./words";

export function PersonSelect(props: PickProps) {
  return <Picker items={usePeople().data ?? []} placeholder={words.people.choose} {...props} />;
}

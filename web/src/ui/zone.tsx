// Choosing a time zone; found by its name with spaces or underscores: "new york".
import { type ComboboxItem, type OptionsFilter, Select, type SelectProps } from "@mantine/core";

const ZONES = Intl.supportedValuesOf("timeZone");

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[\s_/]+/g, " ")
    .trim();

const filter: OptionsFilter = ({ options, search }) =>
  (options as ComboboxItem[]).filter(({ label }) => plain(label).includes(plain(search)));

export function ZoneSelect(props: Omit<SelectProps, "data">) {
  // What is chosen may have no place in the list, such as UTC and Etc/GMT-9.
  const zones = new Set(["UTC", ...(props.value ? [props.value] : []), ...ZONES]);
  return <Select data={[...zones]} filter={filter} searchable {...props} />;
}

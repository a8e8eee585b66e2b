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
  return <Select data={ZONES} filter={filter} searchable {...props} />;
}

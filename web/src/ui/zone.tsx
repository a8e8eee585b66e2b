// Choosing a time zone; found by its name with spaces or underscores, "new york", and by the one that its
// city has today, "kolkata".
import type { ComboboxItem, OptionsFilter } from "@mantine/core";
import { Select, type SelectProps } from "./select";

const ZONES = Intl.supportedValuesOf("timeZone");

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[\s_/]+/g, " ")
    .trim();

const REGIONS = new Set(ZONES.map((zone) => zone.split("/")[0]));

/** Some cities have a newer name than the one that browsers list: Kolkata is Asia/Calcutta there. */
function zonesNamed(city: string): Set<string> {
  const name = plain(city).replaceAll(" ", "_");
  const zones = [...REGIONS].flatMap((region) => {
    try {
      const { timeZone } = new Intl.DateTimeFormat("en", {
        timeZone: `${region}/${name}`,
      }).resolvedOptions();
      return [timeZone];
    } catch {
      return []; // no such zone
    }
  });
  return new Set(zones);
}

const filter: OptionsFilter = ({ options, search }) => {
  const named = zonesNamed(search);
  return (options as ComboboxItem[]).filter(
    ({ label, value }) => plain(label).includes(plain(search)) || named.has(value),
  );
};

export function ZoneSelect(props: Omit<SelectProps, "data">) {
  // What is chosen may have no place in the list, such as UTC and Etc/GMT-9.
  const chosen = [props.value, props.stored].filter((zone) => typeof zone === "string");
  const zones = new Set(["UTC", ...chosen, ...ZONES]);
  return <Select data={[...zones]} filter={filter} searchable {...props} />;
}

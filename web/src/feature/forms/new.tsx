// A form before it is stored, which its first save does.
import { PageHead } from "~/ui/states";
import { Builder } from "./builder";
import { words } from "./words";

export default function NewForm() {
  return (
    <>
      <PageHead title={words.create} />
      <Builder />
    </>
  );
}

// The inputs of a form that users defined, from its fields; inside and on the public page.
import { FileInput, Select, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { Problem, reasonOf } from "~/api/client";
import { Form, Submit, useForm } from "~/ui/form";
import { Notice } from "~/ui/states";
import { numberOf } from "~/ui/time";
import { words as shared } from "~/words";
import type { FormField } from "./data";
import { words } from "./words";

type Answers = Record<string, string | number | null>;

interface FillProps {
  fields: readonly FormField[];
  submit: (answers: Answers) => Promise<unknown>;
  /** Sends a file and tells its id. */
  upload: (file: File) => Promise<string>;
}

/** What is wrong with the whole, beside the problems of fields: no field has this key. */
const WHOLE = "";

const isEmpty = (values: Record<string, string>) =>
  Object.values(values).every((value) => !value.trim());

export function Fill({ fields, submit, upload }: FillProps) {
  const limits = new Map(
    fields.map(({ key, kind, max }) => [key, kind === "number" ? undefined : max || undefined]),
  );
  const [uploading, setUploading] = useState(0);
  /** Why a chosen file was not taken, until another is chosen or none: nothing is sent without it. */
  const [refused, setRefused] = useState<Record<string, string | null>>({});
  const form = useForm<Record<string, string>>({
    initial: Object.fromEntries(fields.map(({ key }) => [key, ""])),
    max: (key) => limits.get(key),
    check: (values) => ({
      [WHOLE]: isEmpty(values) && !fields.some(({ required }) => required) && words.fill.empty,
      ...Object.fromEntries(
        fields.map(({ key, kind, required }) => {
          const value = values[key]?.trim() ?? "";
          if (refused[key]) return [key, refused[key]];
          if (required && !value) return [key, shared.form.required];
          if (kind === "number" && value && numberOf(value) === null)
            return [key, shared.form.number()];
          return [key, null];
        }),
      ),
    }),
    submit: (values) =>
      submit(
        Object.fromEntries(
          fields.flatMap(({ key, kind }) => {
            const value = values[key]?.trim() ?? "";
            if (!value) return [];
            return [[key, kind === "number" ? numberOf(value) : value]];
          }),
        ),
      ),
  });

  /** The file that was chosen last, by the key of its question: an answer about another is none. */
  const chosen = useRef<Record<string, File | null>>({});
  const take = async (key: string, file: File | null): Promise<boolean> => {
    chosen.current[key] = file;
    form.set({ [key]: "" });
    setRefused((all) => ({ ...all, [key]: null }));
    if (!file) return true;
    setUploading((n) => n + 1);
    try {
      const id = await upload(file);
      if (chosen.current[key] === file) form.set({ [key]: id });
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (chosen.current[key] !== file) return true;
      const why = error.status === 413 ? words.fill.file_large : reasonOf(error);
      setRefused((all) => ({ ...all, [key]: why }));
      form.fail(key, why);
      return false;
    } finally {
      setUploading((n) => n - 1);
    }
  };

  return (
    <Form form={form}>
      {fields.map((field) => {
        const { key, label, help, kind, required, choices } = field;
        const common = { label, description: help ?? undefined, required };
        if (kind === "choice")
          return (
            <Select
              key={key}
              {...common}
              data={[...new Set(choices)]}
              clearable={!required}
              {...form.select(key)}
            />
          );
        if (kind === "long_text")
          return <Textarea key={key} {...common} autosize minRows={3} {...form.text(key)} />;
        if (kind === "file")
          return (
            <FileInput
              key={key}
              label={label}
              description={help ?? undefined}
              required={required}
              placeholder={words.fill.file}
              clearable
              error={form.errors[key]}
              onChange={(file) => form.await(take(key, file))}
            />
          );
        const type = { email: "email", date: "date" }[kind as string] ?? "text";
        return (
          <TextInput
            key={key}
            {...common}
            type={type}
            inputMode={kind === "number" ? "decimal" : undefined}
            {...form.text(key)}
          />
        );
      })}
      {form.errors[WHOLE] && isEmpty(form.values) && (
        <Notice kind="bad">{form.errors[WHOLE]}</Notice>
      )}
      <Submit
        form={form}
        label={uploading > 0 ? words.fill.uploading : words.fill.send}
        disabled={uploading > 0}
      />
    </Form>
  );
}

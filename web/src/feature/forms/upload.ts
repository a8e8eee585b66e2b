// Sending a file that a form asks for.
import { address, lost, send } from "~/api/client";

async function upload(url: string, file: File): Promise<string> {
  const response = await send("POST", url, {
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });
  return (await response.json().catch(lost)).id;
}

const facts = ({ name, type }: File) => ({ name: name.slice(-200), type: type.slice(0, 100) });

export const uploadInside = (file: File) => upload(address("/files", undefined, facts(file)), file);

export const uploadPublic = (link: string, file: File) =>
  upload(address("/public/forms/{link}/files", { link }, facts(file)), file);

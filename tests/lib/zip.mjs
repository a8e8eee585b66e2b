// Reads the files of a ZIP archive from memory, for looking into exports: name -> Buffer.
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;

export function unzip(zip) {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end--;
  if (end < 0) throw new Error("this is no ZIP archive");
  const files = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    const stored = zip.readUInt16LE(at + 10) === 0;
    files.set(
      zip.toString("utf8", at + 46, at + 46 + name),
      stored ? packed : inflateRawSync(packed),
    );
    at += 46 + name + extra + comment;
  }
  return files;
}

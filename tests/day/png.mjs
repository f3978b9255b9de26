// A drawn signature: a small PNG in greyscale, put together by hand so that no picture library is needed.

import { deflateSync } from "node:zlib";

const [WIDTH, HEIGHT] = [120, 40];

/// A wavy stroke on white, in base64.
export function signature() {
  return drawing((x, y) => Math.abs(y - 20 - 12 * Math.sin(x / 7)) < 2);
}

/// An empty sheet, in base64.
export function blank() {
  return drawing(() => false);
}

/// A picture of a size that does not get smaller by packing it, as its bytes.
export function photo(width, height, draw) {
  return picture(width, height, () => Math.floor(draw() * 256));
}

function drawing(inked) {
  return picture(WIDTH, HEIGHT, (x, y) => (inked(x, y) ? 0 : 255)).toString("base64");
}

function picture(width, height, grey) {
  const row = (y) => [0, ...Array.from({ length: width }, (_, x) => grey(x, y))];
  const pixels = Buffer.from(Array.from({ length: height }, (_, y) => row(y)).flat());
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8); // bits of a pixel; the zeros after it say greyscale, not interlaced
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...parts]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc(body), body.length + 4);
  return frame;
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

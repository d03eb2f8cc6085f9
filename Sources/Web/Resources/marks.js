// The mark that says a machine made a picture (IPTC's DigitalSourceType in XMP). The server writes it into its PNG;
// a browser that encodes the picture anew as JPEG or WebP drops it, so it is copied over, byte for byte.

const ascii = (text) => new TextEncoder().encode(text);
const text = (bytes) => String.fromCharCode(...bytes);

// The XMP packet in a PNG file (its iTXt chunk, uncompressed); null when there is none.
export function markOf(png) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const keyword = "XML:com.adobe.xmp\0\0\0";
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    const data = png.subarray(at + 8, at + 8 + length);
    if (text(png.subarray(at + 4, at + 8)) === "iTXt" && text(data.subarray(0, keyword.length)) === keyword) {
      let start = keyword.length;
      for (let zeros = 0; zeros < 2 && start < length; start++) if (data[start] === 0) zeros++;
      return data.subarray(start);
    }
    at += 12 + length;
  }
  return null;
}

// A JPEG file with the packet in a segment of its own (XMP specification, part 3, 1.1.3), behind JFIF's.
export function markJPEG(jpeg, mark) {
  const name = ascii("http:" + "//ns.adobe.com/xap/1.0/\0");
  const length = 2 + name.length + mark.length;
  const behind = jpeg[3] === 0xe0 ? 4 + (jpeg[4] << 8 | jpeg[5]) : 2;
  return [jpeg.subarray(0, behind), Uint8Array.of(0xff, 0xe1, length >> 8, length & 255), name, mark, jpeg.subarray(behind)];
}

// A WebP file with the packet in its own chunk, which needs the extended header (RFC 9649, 2.7).
export function markWebP(webp, mark, width, height) {
  const chunk = (name, data) => [ascii(name), number(data.length), data, new Uint8Array(data.length & 1)];
  const number = (value) => new Uint8Array(Uint32Array.of(value).buffer);
  let body = webp.subarray(12);
  const extended = text(body.subarray(0, 4)) === "VP8X";
  const header = extended ? body.slice(8, 18) : new Uint8Array(10);
  if (extended) {
    body = body.subarray(18);
  } else {
    // A lossless picture says in its own header whether it is transparent.
    if (text(body.subarray(0, 4)) === "VP8L" && body[12] & 0x10) header[0] |= 0x10;
    for (const [at, side] of [[4, width - 1], [7, height - 1]]) {
      header.set([side & 255, side >> 8 & 255, side >> 16], at);
    }
  }
  header[0] |= 0x04;
  const parts = [ascii("WEBP"), ...chunk("VP8X", header), body, ...chunk("XMP ", mark)];
  return [ascii("RIFF"), number(parts.reduce((sum, part) => sum + part.length, 0)), ...parts];
}

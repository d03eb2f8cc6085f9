// A zip file of pictures, which are compressed already: they are stored as they are (PKWARE's APPNOTE, 4.3).

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

export function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

// The fields that the file's own header and the directory's entry share; the date is that of no moment.
function fields(name, bytes, crc) {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, 20, true); // needs version 2.0
  view.setUint16(2, 0x0800, true); // names are UTF-8
  view.setUint16(8, 0x0021, true); // 1980-01-01, the least that the format knows
  view.setUint32(10, crc, true);
  view.setUint32(14, bytes.length, true);
  view.setUint32(18, bytes.length, true);
  view.setUint16(22, name.length, true);
  return new Uint8Array(view.buffer);
}

const word = (number) => new Uint8Array(Uint32Array.of(number).buffer); // every browser's order is little-endian

export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const encoded = new TextEncoder().encode(name);
    const shared = fields(encoded, bytes, crc32(bytes));
    parts.push(word(0x04034b50), shared, encoded, bytes);
    const rest = new DataView(new ArrayBuffer(14));
    rest.setUint32(10, offset, true);
    directory.push(word(0x02014b50), Uint8Array.of(20, 0), shared, new Uint8Array(rest.buffer), encoded);
    offset += 30 + encoded.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(18));
  end.setUint16(4, files.length, true);
  end.setUint16(6, files.length, true);
  end.setUint32(8, size, true);
  end.setUint32(12, offset, true);
  return new Blob([...parts, ...directory, word(0x06054b50), new Uint8Array(end.buffer)], { type: "application/zip" });
}

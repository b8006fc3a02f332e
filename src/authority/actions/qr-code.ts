import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'uqr'

const PIXELS_PER_MODULE = 5
/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const QUIET_MODULES = 4
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** What an authenticator app reads to learn a seed (Key URI format of Google Authenticator; IAM model, CreateVirtualMFADevice). */
export function seedUri(deviceName: string, account: string, seed: string): string {
  return `otpauth://totp/${encodeURIComponent(deviceName)}@${account}?secret=${seed}&issuer=Countersign`
}

/** A QR code of a text as a black and white PNG (W3C PNG: one bit per pixel, greyscale). */
export function qrCodePng(text: string): Uint8Array {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_MODULES })
  const side = size * PIXELS_PER_MODULE
  const rowBytes = 1 + Math.ceil(side / 8)
  const raster = Buffer.alloc(rowBytes * side)
  for (let y = 0; y < side; y++) {
    const modules = data[Math.floor(y / PIXELS_PER_MODULE)]!
    // The first byte of a row names its filter: 0, none. In greyscale a set bit is white.
    for (let x = 0; x < side; x++) {
      if (!modules[Math.floor(x / PIXELS_PER_MODULE)]) raster[y * rowBytes + 1 + (x >> 3)]! |= 0x80 >> (x & 7)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raster)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(content.length, 0)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}

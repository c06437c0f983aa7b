// UTF-8 in pieces that may end in the middle of a character, as chunks of a response do.
// The steps are those of the Encoding Standard (https://encoding.spec.whatwg.org/#utf-8-decoder);
// TextDecoder itself is absent from older base libraries.
function Utf8() {
  this.reset()
}

Utf8.prototype.reset = function () {
  this.point = 0
  this.needed = 0
  this.lower = 0x80
  this.upper = 0xbf
}

// The characters that are complete now; `data` is an ArrayBuffer or a Uint8Array.
Utf8.prototype.push = function (data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
  let text = ''
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (this.needed === 0) {
      text += this.first(byte)
    } else if (byte < this.lower || byte > this.upper) {
      this.reset()
      text += '\ufffd'
      at -= 1 // this byte begins anew
    } else {
      this.lower = 0x80
      this.upper = 0xbf
      this.point = (this.point << 6) | (byte & 0x3f)
      this.needed -= 1
      if (this.needed === 0) text += String.fromCodePoint(this.point)
    }
  }
  return text
}

// What is left when nothing more comes.
Utf8.prototype.end = function () {
  const left = this.needed > 0 ? '\ufffd' : ''
  this.reset()
  return left
}

Utf8.prototype.first = function (byte) {
  if (byte <= 0x7f) return String.fromCharCode(byte)
  if (byte >= 0xc2 && byte <= 0xdf) return this.begin(byte & 0x1f, 1)
  if (byte >= 0xe0 && byte <= 0xef) {
    if (byte === 0xe0) this.lower = 0xa0
    if (byte === 0xed) this.upper = 0x9f
    return this.begin(byte & 0xf, 2)
  }
  if (byte >= 0xf0 && byte <= 0xf4) {
    if (byte === 0xf0) this.lower = 0x90
    if (byte === 0xf4) this.upper = 0x8f
    return this.begin(byte & 0x7, 3)
  }
  return '\ufffd'
}

Utf8.prototype.begin = function (point, needed) {
  this.point = point
  this.needed = needed
  return ''
}

module.exports = { Utf8 }

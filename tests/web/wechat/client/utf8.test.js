const test = require('node:test')
const assert = require('node:assert')
const { load } = require('./shim')

const { Utf8 } = load('lib/utf8')

function decoded(bytes, size) {
  const decoder = new Utf8()
  let text = ''
  for (let at = 0; at < bytes.length; at += size) text += decoder.push(bytes.slice(at, at + size).buffer)
  return text + decoder.end()
}

test('text comes back however its bytes are cut', () => {
  const text = '（一）材料真实：é、€、𠮷、👩‍👩‍👧‍👦。\n'
  const bytes = new TextEncoder().encode(text)
  for (let size = 1; size <= bytes.length; size += 1) assert.equal(decoded(bytes, size), text)
})

test('bytes that are no UTF-8 are read as TextDecoder reads them', () => {
  let seed = 42
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648
  const likely = [0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xe4, 0xed, 0xf0, 0xf4, 0xff, 0xa0, 0x9f, 0x90, 0x8f]
  for (let round = 0; round < 5000; round += 1) {
    const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 12) }, () => likely[Math.floor(random() * likely.length)])
    const wanted = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    for (const size of [1, 2, 3, 12]) assert.equal(decoded(bytes, size), wanted)
  }
})

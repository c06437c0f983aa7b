const test = require('node:test')
const assert = require('node:assert')
const { load } = require('./shim')

const { blocks, others, turn, titled, marked, facts, validity, sizes } = load('lib/view')
const cited = (mark, quote) => ({ mark, quote, in_force: true, expires_on: null })

test('a line that is a quote becomes its citation', () => {
  const one = cited(1, '材料真实。')
  const two = cited(2, '专款专用。\n按用途使用。')
  assert.deepEqual(blocks('共两项：\n[1] 材料真实。\n[2] 专款专用。\n按用途使用。\n以上。', [one, two]), [
    { lines: ['共两项：'], citations: [one, two] },
    { lines: ['以上。'], citations: [] }
  ])
})

test('a citation whose words are not in the text is shown apart, each quote once', () => {
  const one = cited(1, '材料真实。')
  const two = cited(2, '专款专用。')
  const shown = blocks('见[1]。\n[2] 专款专用。', [one, two])
  assert.deepEqual(others(shown, [one, two]), [one])
})

test('a turn says what was answered where that differs from the question', () => {
  const reply = { status: 'not_stated', text: '文件未载明。', citations: [], interpreted_as: '贷款贴息有多少？', options: ['甲'], suggestions: ['乙'], disclaimer: '以原文为准。', answer_id: 'a' }
  const shown = turn(1, '有多少', reply)
  assert.equal(shown.heading, '文件未载明')
  assert.equal(shown.rewritten, '贷款贴息有多少？')
  assert.deepEqual(shown.chips, ['甲', '乙'])
  assert.equal(turn(1, ' 贷款贴息有多少', reply).rewritten, '')
})

test('the quote is found by code points, also behind characters of two units', () => {
  assert.deepEqual(marked('𠮷𠮷甲乙丙', 2, 4), { before: '𠮷𠮷', quoted: '甲乙', after: '丙' })
  assert.deepEqual(marked('甲乙', -5, 1), { before: '', quoted: '甲', after: '乙' })
  assert.deepEqual(marked('甲乙', 0, 0), { before: '', quoted: '', after: '甲乙' })
  assert.deepEqual(marked('甲乙', 9, 99), { before: '甲乙', quoted: '', after: '' })
})

test('only what a document states is listed', () => {
  assert.deepEqual(facts({ number: null, issuers: [], published_on: '2024-12-01', effective_from: null, expires_on: null, region: '某区' }), [
    { name: '发布日期', value: '2024年12月1日' },
    { name: '适用地区', value: '某区' }
  ])
  assert.equal(validity({ in_force: false }), '不在有效期内')
  assert.equal(validity({ in_force: true, expires_on: '2027-01-02' }), '有效期至2027年1月2日')
})

test('large text is a third larger, within bounds', () => {
  assert.deepEqual([sizes(undefined, false), sizes(16, true), sizes(99, true), sizes(1, false)], [16, 21, 35, 14])
})

test('a title that has marks of its own gets no others', () => {
  assert.equal(titled('扶持办法'), '《扶持办法》')
  assert.equal(titled('《扶持办法》政策解读'), '《扶持办法》政策解读')
})

test('a citation says where it stands and whether that applies', () => {
  const reply = { status: 'answered', text: '[1] 甲', citations: [{ ...cited(1, '甲'), document_title: '办法', label: '（一）', in_force: false }], interpreted_as: '', disclaimer: '', answer_id: 'a' }
  const [shown] = turn(1, '', reply).blocks[0].citations
  assert.deepEqual([shown.source, shown.validity], ['《办法》（一）', '不在有效期内'])
})

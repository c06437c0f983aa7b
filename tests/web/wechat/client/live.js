// Run by test_miniprogram.py with the address of a real server: the library and the backend together.
const assert = require('node:assert')
const { load, live } = require('./shim')

const { create } = load('lib/zhengwen')

async function main(base) {
  let number = 0
  const client = create({ base, wx: live(() => `code-anna.${number++}`) })
  const told = []
  const first = await client.stream('注意事项有哪些？', {}, (name, data) => told.push([name, data]))
  assert.deepEqual(told.map(([name]) => name), ['status', 'citation', 'citation', 'text', 'text', 'text', 'done'])
  assert.equal(told.filter(([name]) => name === 'text').map(([, data]) => data.text).join(''), first.text)
  const second = await client.ask('第二项呢？', { session_id: first.session_id })
  assert.equal(second.session_id, first.session_id)
  const { clause_id, quote } = first.citations[0]
  const clause = await client.clause(clause_id)
  assert.equal(clause.text, quote)
  const document = await client.document(clause.document_id)
  assert.equal(document.clauses[clause.position].id, clause_id)
  assert.deepEqual(await client.feedback(first.answer_id, true), { accepted: true })
  assert.deepEqual((await client.history()).turns.map((turn) => turn.question), ['第二项呢？', '注意事项有哪些？'])
  await assert.rejects(client.stream('？！'), { status: 422, code: 'blank_question' })
  await assert.rejects(client.clause('none'), { status: 404, code: 'clause_not_found' })
  assert.deepEqual(await client.forget(), { sessions: 1, turns: 2 })
  assert.deepEqual(await client.history(), { turns: [] })
  console.log('good')
}

main(process.argv[2]).catch((error) => { console.error(error); process.exit(1) })

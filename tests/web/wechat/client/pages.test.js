// The pages themselves, run with a client whose answers are known.
const test = require('node:test')
const assert = require('node:assert')
const { page } = require('./shim')

const CITATION = { mark: 1, clause_id: 'new-energy:5', document_title: '办法', label: '（一）', quote: '材料真实。', start: 10, end: 15, in_force: true, expires_on: null }
const REPLY = { answer_id: 'a', session_id: 's', status: 'answered', interpreted_as: '注意事项有哪些？', text: '一项：\n[1] 材料真实。', citations: [CITATION], options: [], suggestions: ['还有吗？'], disclaimer: '以原文为准。' }
const PROBLEM = { status: 503, title: '正在准备。', detail: '', retry: true }

function setting(client = {}) {
  const told = []
  const wx = new Proxy({}, { get: (_, name) => (name === 'onNeedPrivacyAuthorization' ? undefined : (given) => { told.push([name, given]); if (name === 'showModal') given.success({ confirm: true }) }) })
  const app = { client, fontSize: () => 21, pending: null, large: false, setLarge(large) { this.large = large } }
  return { app, wx, told }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

test('a question is asked, its answer shown, and the next goes on with the session', async () => {
  const asked = []
  const { app, wx } = setting({ stream: (question, options, on) => { asked.push([question, options]); on('text', { text: '一项' }); return Promise.resolve(REPLY) } })
  const chat = page('chat', app, wx)
  chat.onShow()
  chat.write({ detail: { value: ' 注意事项有哪些？ ' } })
  chat.send()
  assert.equal(chat.data.busy, true)
  assert.equal(chat.data.turns[0].partial, '一项')
  await settled()
  assert.equal(chat.data.turns[0].heading, '答复')
  assert.equal(chat.data.turns[0].blocks[0].citations[0].source, '《办法》（一）')
  assert.deepEqual([chat.data.busy, chat.data.draft, chat.data.fontSize], [false, '', 21])
  chat.follow({ currentTarget: { dataset: { question: '还有吗？' } } })
  await settled()
  assert.deepEqual(asked, [['注意事项有哪些？', { session_id: undefined }], ['还有吗？', { session_id: 's' }]])
})

test('without consent nothing is asked', () => {
  const { app, wx, told } = setting({ stream: () => assert.fail('asked') })
  app.agreed = false
  const chat = page('chat', app, wx)
  chat.begin('甲')
  assert.deepEqual(chat.data.turns, [])
  assert.equal(told[0][0], 'showToast')
})

test('what failed can be tried again', async () => {
  let good = false
  const { app, wx } = setting({ stream: () => (good ? Promise.resolve(REPLY) : Promise.reject(PROBLEM)) })
  const chat = page('chat', app, wx)
  chat.begin('甲')
  await settled()
  assert.deepEqual(chat.data.turns[0].problem, PROBLEM)
  good = true
  chat.retry({ currentTarget: { dataset: { key: '1' } } })
  await settled()
  assert.equal(chat.data.turns[0].state, 'answered')
})

test('a citation opens its clause with the quote marked, and the clause its document', async () => {
  const clause = { id: 'new-energy:5', document_id: 'new-energy', document_title: '办法', position: 5, start: 8, text: '一、材料真实。余', previous: null, next: { id: 'new-energy:6', text: '…' } }
  const read = []
  const { app, wx, told } = setting({ clause: (id) => { read.push(id); return Promise.resolve(clause) } })
  page('chat', app, wx).open({ currentTarget: { dataset: { id: 'new-energy:5', start: 10, end: 15 } } })
  const url = told[0][1].url
  assert.equal(url, '/pages/clause/clause?id=new-energy%3A5&start=10&end=15')
  const shown = page('clause', app, wx)
  await shown.onLoad(Object.fromEntries(new URLSearchParams(url.split('?')[1])))
  assert.deepEqual(shown.data.parts, { before: '一、', quoted: '材料真实。', after: '余' })
  await shown.turn({ currentTarget: { dataset: { id: 'new-energy:6' } } })
  assert.deepEqual(read, ['new-energy:5', 'new-energy:6'])
  shown.whole()
  assert.equal(told.at(-1)[1].url, '/pages/document/document?id=new-energy&position=5')
  shown.copy()
  assert.match(told.at(-1)[1].data, /《办法》/)
})

test('a document is read in pieces from the clause that was asked for', async () => {
  const all = Array.from({ length: 9 }, (_, at) => ({ id: `d:${at}`, kind: 'item', text: String(at) }))
  const { app, wx } = setting({ document: (id, at) => Promise.resolve({ id, title: '办法', issuers: [], clauses: all.slice(at, at + 4), next: at + 4 < 9 ? at + 4 : null }) })
  const shown = page('document', app, wx)
  await shown.onLoad({ id: 'd', position: '5' })
  assert.deepEqual([shown.data.from, shown.data.here, shown.data.next], [2, 'd:5', 6])
  await shown.onReachBottom()
  await shown.onReachBottom()
  assert.deepEqual(shown.data.clauses.map((each) => each.text), ['2', '3', '4', '5', '6', '7', '8'])
  await shown.start()
  assert.equal(shown.data.clauses[0].text, '0')
})

test('a document that cannot be read can be tried again', async () => {
  const { app, wx } = setting({ document: () => Promise.reject(PROBLEM) })
  const shown = page('document', app, wx)
  await shown.onLoad({ id: 'd' })
  assert.deepEqual(shown.data.problem, PROBLEM)
  app.client.document = () => Promise.resolve({ title: '办法', clauses: [], next: null })
  await shown.more()
  assert.deepEqual([shown.data.problem, shown.data.next], [null, null])
})

test('the history asks again in the chat and can be cleared', async () => {
  let turns = [{ question: '甲', asked_at: '2025-03-01T00:00:00+00:00' }]
  const { app, wx, told } = setting({ history: () => Promise.resolve({ turns }), forget: () => { turns = []; return Promise.resolve({}) }, stream: () => Promise.resolve(REPLY) })
  const shown = page('history', app, wx)
  await shown.onShow()
  assert.deepEqual(shown.data.turns, [{ key: 0, question: '甲', when: '2025年3月1日' }])
  shown.again({ currentTarget: { dataset: { question: '甲' } } })
  assert.equal(told.at(-1)[0], 'switchTab')
  const chat = page('chat', app, wx)
  chat.onShow()
  assert.equal(chat.data.turns[0].question, '甲')
  shown.clear()
  await settled()
  assert.deepEqual(shown.data.turns, [])
})

test('without consent no history is fetched', async () => {
  const { app, wx } = setting({ history: () => assert.fail('fetched') })
  app.agreed = false
  const shown = page('history', app, wx)
  await shown.onShow()
  assert.match(shown.data.problem.title, /同意/)
})

test('large text is switched on the about page', () => {
  const { app, wx } = setting()
  const about = page('about', app, wx)
  about.enlarge({ detail: { value: true } })
  assert.deepEqual([about.data.large, app.large], [true, true])
})

test('consent is asked for where WeChat says so, and remembered by WeChat', () => {
  let made = null
  let needed = true
  let asker = null
  global.Component = (given) => { made = given }
  global.wx = {
    onNeedPrivacyAuthorization: (take) => { asker = take },
    getPrivacySetting: ({ success }) => success({ needAuthorization: needed, privacyContractName: '《指引》' }),
    openPrivacyContract: () => {}
  }
  const { ROOT } = require('./shim')
  require(`${ROOT}/components/privacy/privacy.js`)
  const box = { data: { ...made.data }, setData(more) { Object.assign(this.data, more) }, ...made.methods }
  made.lifetimes.attached.call(box)
  const said = []
  box.ask((agreed) => said.push(agreed))
  assert.deepEqual([box.data.shown, box.data.name, said], [true, '《指引》', []])
  box.agree()
  needed = false
  box.ask((agreed) => said.push(agreed))
  asker((given) => said.push(given.event))
  box.refuse()
  assert.deepEqual(said, [true, true, 'disagree'])
})

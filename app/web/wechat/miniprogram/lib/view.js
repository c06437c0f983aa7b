// What pages show, made from what the backend says. Pure functions: the tests run them without WeChat.

// The text in blocks: lines, then the citations that stand after them in it in place of their words.
function blocks(text, citations) {
  const made = []
  let position = 0
  for (const citation of citations) {
    const words = `[${citation.mark}] ${citation.quote}`
    const start = text.indexOf(words, position)
    const end = start + words.length
    const alone = start >= 0 && (start === 0 || text[start - 1] === '\n') && (end === text.length || text[end] === '\n')
    if (!alone) continue
    const lines = split(text.slice(position, start))
    if (made.length && !lines.length) made[made.length - 1].citations.push(citation)
    else made.push({ lines, citations: [citation] })
    position = end
  }
  const rest = split(text.slice(position))
  if (rest.length) made.push({ lines: rest, citations: [] })
  return made
}

// The citations whose words are not in the blocks.
function others(shown, citations) {
  const placed = new Set(shown.flatMap((block) => block.citations.map((citation) => citation.mark)))
  return citations.filter((citation) => !placed.has(citation.mark))
}

// A turn of the chat, ready to be shown.
function turn(key, question, reply) {
  const cited = reply.citations.map((each) => ({ ...each, source: titled(each.document_title) + each.label, validity: validity(each) }))
  const shown = blocks(reply.text, cited)
  return {
    key,
    question,
    state: 'answered',
    heading: HEADINGS[reply.status] || '答复',
    rewritten: plain(reply.interpreted_as) === plain(question) ? '' : reply.interpreted_as,
    blocks: shown,
    others: others(shown, cited),
    chips: [...(reply.options || []), ...(reply.suggestions || [])],
    disclaimer: reply.disclaimer,
    answer_id: reply.answer_id,
    feedback: ''
  }
}

// A text in three parts, the middle of which is quoted. Offsets count code points, JavaScript counts code units.
function marked(text, start, end) {
  const points = Array.from(text)
  const from = Math.min(Math.max(start, 0), points.length)
  const to = Math.min(Math.max(end, from), points.length)
  return {
    before: points.slice(0, from).join(''),
    quoted: points.slice(from, to).join(''),
    after: points.slice(to).join('')
  }
}

// A title in its marks, unless it has marks of its own: 《…办法》政策解读.
function titled(title) {
  return /[《》]/.test(title || '') ? title : `《${title}》`
}

// What is known of a document, as lines; nothing where its text does not say.
function facts(document) {
  return [
    ['文号', document.number],
    ['发文机关', (document.issuers || []).join('、')],
    ['发布日期', day(document.published_on)],
    ['施行日期', day(document.effective_from)],
    ['有效期至', day(document.expires_on)],
    ['适用地区', document.region]
  ].filter(([, value]) => value).map(([name, value]) => ({ name, value }))
}

// Whether a citation's document applies, in a few words.
function validity(citation) {
  if (!citation.in_force) return '不在有效期内'
  return citation.expires_on ? `有效期至${day(citation.expires_on)}` : ''
}

function day(value) {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(value || '')
  return found ? `${Number(found[1])}年${Number(found[2])}月${Number(found[3])}日` : ''
}

// The size of 1rem in px, from WeChat's own setting (16 where unknown), a third larger for large text.
function sizes(setting, large) {
  const size = Math.min(Math.max(Number(setting) || 16, 14), 26)
  return Math.round(large ? size * 4 / 3 : size)
}

function split(text) {
  return text.split('\n').filter((line) => line.trim())
}

function plain(text) {
  return (text || '').replace(/[\s。.？?！!，,]/g, '').toLowerCase()
}

const HEADINGS = {
  answered: '答复',
  not_stated: '文件未载明',
  out_of_scope: '不在本库范围内',
  clarify: '请再说明一下'
}

module.exports = { blocks, others, turn, titled, marked, facts, validity, day, sizes }

const { turn } = require('../../lib/view')

const app = getApp()

Page({
  data: { turns: [], draft: '', busy: false, bottom: '', keyboard: 0, fontSize: 16 },

  onShow() {
    this.setData({ fontSize: app.fontSize() })
    const pending = app.pending
    app.pending = null
    if (pending) this.begin(pending)
  },

  write(event) { this.setData({ draft: event.detail.value }) },
  rise(event) { this.setData({ keyboard: event.detail.height }) },
  follow(event) { this.begin(event.currentTarget.dataset.question) },

  send() {
    const question = this.data.draft.trim()
    if (question) this.begin(question)
  },

  // Nothing that a person wrote goes out before they have agreed to the privacy notice.
  begin(question) {
    if (this.data.busy) return
    this.selectComponent('#privacy').ask((agreed) => {
      if (!agreed) {
        wx.showToast({ title: '同意后才能提问', icon: 'none' })
        return
      }
      this.keys = (this.keys || 0) + 1
      const asked = { key: this.keys, question, state: 'waiting', partial: '' }
      this.setData({ turns: [...this.data.turns, asked], draft: '' })
      this.ask(asked.key, question)
    })
  },

  retry(event) {
    if (this.data.busy) return
    const key = Number(event.currentTarget.dataset.key)
    const { question } = this.data.turns.find((each) => each.key === key)
    this.change(key, { state: 'waiting', partial: '' })
    this.ask(key, question)
  },

  ask(key, question) {
    this.setData({ busy: true })
    this.scroll()
    let partial = ''
    return app.client.stream(question, { session_id: this.session }, (name, data) => {
      if (name !== 'text') return
      partial += data.text
      this.change(key, { partial })
    }).then((reply) => {
      this.session = reply.session_id
      this.change(key, turn(key, question, reply))
    }, (problem) => {
      this.change(key, { state: 'failed', problem })
    }).then(() => {
      this.setData({ busy: false })
      this.scroll()
    })
  },

  open(event) {
    const { id, start, end } = event.currentTarget.dataset
    wx.navigateTo({ url: `/pages/clause/clause?id=${encodeURIComponent(id)}&start=${start}&end=${end}` })
  },

  rate(event) {
    const key = Number(event.currentTarget.dataset.key)
    const { answer_id } = this.data.turns.find((each) => each.key === key)
    return app.client.feedback(answer_id, Boolean(event.currentTarget.dataset.helpful)).then(
      () => this.change(key, { feedback: '谢谢您的评价。' }),
      (problem) => wx.showToast({ title: problem.title, icon: 'none' })
    )
  },

  change(key, more) {
    const at = this.data.turns.findIndex((each) => each.key === key)
    if (at >= 0) this.setData({ [`turns[${at}]`]: { ...this.data.turns[at], ...more } })
  },

  // The same value twice would not scroll again.
  scroll() {
    this.setData({ bottom: '' })
    this.setData({ bottom: 'bottom' })
  },

  onShareAppMessage() {
    return { title: '问政策，看原文', path: '/pages/chat/chat' }
  }
})

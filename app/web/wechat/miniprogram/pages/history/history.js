const { day } = require('../../lib/view')

const app = getApp()

Page({
  data: { turns: [], loaded: false, problem: null, fontSize: 16 },

  onShow() {
    this.setData({ fontSize: app.fontSize() })
    return this.load()
  },

  onPullDownRefresh() {
    return this.load().then(() => wx.stopPullDownRefresh())
  },

  // Logging in tells the backend who asks: not before they have agreed to the privacy notice.
  load() {
    return new Promise((resolve) => this.selectComponent('#privacy').ask((agreed) => {
      if (agreed) resolve(this.read())
      else resolve(this.setData({ problem: { title: '同意隐私保护指引后才能查看记录。' } }))
    }))
  },

  read() {
    this.setData({ problem: null })
    return app.client.history(50).then(({ turns }) => {
      const shown = turns.map((turn, at) => ({ key: at, question: turn.question, when: day(turn.asked_at) }))
      this.setData({ turns: shown, loaded: true })
    }, (problem) => this.setData({ problem }))
  },

  again(event) {
    app.pending = event.currentTarget.dataset.question
    wx.switchTab({ url: '/pages/chat/chat' })
  },

  clear() {
    wx.showModal({
      title: '清空记录',
      content: '将删除您问过的全部问题，不能恢复。',
      success: ({ confirm }) => confirm && app.client.forget().then(() => this.load(), (problem) => this.setData({ problem }))
    })
  }
})

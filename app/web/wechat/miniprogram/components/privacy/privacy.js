// Asks for consent to the privacy notice before anything a person writes is taken, and whenever WeChat wants it.
Component({
  data: { shown: false, name: '《小程序用户隐私保护指引》' },

  lifetimes: {
    attached() {
      this.waiting = []
      if (wx.onNeedPrivacyAuthorization) {
        wx.onNeedPrivacyAuthorization((resolve) => this.show((agreed) => {
          resolve(agreed ? { buttonId: 'privacy-agree', event: 'agree' } : { event: 'disagree' })
        }))
      }
    }
  },

  methods: {
    // Calls back with whether the person agrees; at once where they have before.
    ask(done) {
      if (!wx.getPrivacySetting) return done(true)
      wx.getPrivacySetting({
        success: (setting) => {
          if (setting.privacyContractName) this.setData({ name: setting.privacyContractName })
          if (setting.needAuthorization) this.show(done)
          else done(true)
        },
        fail: () => done(true)
      })
    },

    show(done) {
      this.waiting.push(done)
      this.setData({ shown: true })
    },

    agree() { this.settle(true) },
    refuse() { this.settle(false) },

    settle(agreed) {
      const waiting = this.waiting
      this.waiting = []
      this.setData({ shown: false })
      waiting.forEach((done) => done(agreed))
    },

    read() {
      if (wx.openPrivacyContract) wx.openPrivacyContract({})
    },

    // The page behind does not scroll.
    stay() {}
  }
})

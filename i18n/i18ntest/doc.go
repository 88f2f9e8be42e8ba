// Package i18ntest checks the message catalogs of a portal from its own tests:
// that every language is complete, and that the keys in the code and in the
// templates are the keys in the catalogs.
//
//	func TestTexts(t *testing.T) {
//		i18ntest.Complete(t, catalog, &i18ntest.Options{Same: []string{"app.name"}})
//		i18ntest.Used(t, catalog, &i18ntest.Usage{Dirs: []string{"."}})
//	}
package i18ntest

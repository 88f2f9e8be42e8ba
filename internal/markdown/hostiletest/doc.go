// Package hostiletest proves in a real browser that texts of strangers do
// nothing but be read: it gathers hostile inputs, makes new ones of them, lets
// Chromium load what became of each, and counts scripts that ran, requests that
// left the site and links that would run a script.
//
// Every way on which text reaches a page can be put to the test with its own
// Render function: articles, posts, chat, answers of a bot, previews of mail.
package hostiletest

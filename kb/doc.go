// Package kb is a library of articles that answer customers' questions.
//
// A [Library] holds the rules; a [Store] holds the content. Articles stand in
// trees of categories and exist in any number of languages. What authors save
// are revisions, which never change; readers see the one that was published
// last. Old addresses go on working: a slug, once an article's, finds it for
// ever, in whatever language it was.
//
// # Rights
//
// An article has an audience (see [profile.Audience]) and is seen by nobody
// outside the audiences of its categories. What a reader may not see does not
// exist for them: not in lists, counts, links, pictures or redirects. Those who
// write see at the desk what they own and what is meant for them; those who
// publish see everything there.
//
// # Texts
//
// Texts are Markdown. "[see](article:ID#part)" links to another article, and is
// plain text to whoever may not read that; "![the hub](media:hub.png)" shows a
// picture, which whoever reads an article that shows it may see.
//
// Lines between ":::for partner, account:acme" and ":::" are read only by those
// segments, lines between ":::internal" and ":::" only by staff. To others it is
// as if they were not there, and they are in no index. ":::include NAME" shows
// what the block of that name says now.
//
// # Again
//
// An error never means that nothing was done. Whoever repeats a call with the
// same key, or the same version, gets the answer that was lost, and nothing is
// done twice.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrNotFound],
// [ErrConflict], [ErrForbidden], [ErrInvalid] or [ErrTooMany]; any other error is the store's
// own. Errors about what was typed name the fields.
//
// # Stores
//
// Subpackages provide stores: sqlkb for PostgreSQL and SQLite, memkb in memory.
// To keep content elsewhere, implement [Store] and prove it with kbtest.
// Package importkb reads articles from files for [Library.Import].
//
// A Store must see at once what it has committed. The Library keeps what it has
// rendered and asks for [CategoryStore.Stamps] before it uses it: a store that
// reads from a copy that lags behind would show what was taken away.
package kb

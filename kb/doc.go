// Package kb is a library of articles that answer customers' questions.
//
// A [Library] holds the rules; a [Store] holds the content. Articles stand in
// trees of categories and exist in any number of languages. What authors save
// are revisions, which never change; readers see the one that was published
// last. Old addresses go on working.
//
// # Rights
//
// An article has an audience (see [profile.Audience]) and is seen by nobody
// outside the audiences of its categories. What a reader may not see does not
// exist for them: not in lists, counts, links, pictures or redirects.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrNotFound],
// [ErrConflict], [ErrForbidden] or [ErrInvalid]; any other error is the store's
// own. Errors about what was typed name the fields.
//
// # Stores
//
// Subpackages provide stores: sqlkb for PostgreSQL and SQLite, memkb in memory.
// To keep content elsewhere, implement [Store] and prove it with kbtest.
package kb

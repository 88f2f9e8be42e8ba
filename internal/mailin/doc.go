// Package mailin reads mail that strangers wrote.
//
//	m, err := mailin.Read(raw, &mailin.Options{Servers: []string{"mx.example.com"}})
//	m.Reply() // what the person wrote, without what they quoted
//
// A [Message] says who wrote, what, and what kind of mail it is: a person's, or
// that of a machine, to which nobody should answer. Whatever a mail looks like,
// reading it costs bounded time and memory; what is broken is read as well as it
// can be, and told in Faults.
//
// Nothing in a mail proves who sent it. What the receiving server found out is
// [Authentication]; that somebody has had a mail of ours is for package mailref.
//
// # Errors
//
// A mail above the limit is [ErrTooLarge]; errors of the reader and of
// Options.Attachment are returned as they are. There is no mail that cannot be read.
package mailin

// Package cases is where customers ask for help and are helped: what they ask is a
// [Case], what is said and done about it are its entries.
//
//	desk := cases.NewDesk(memcases.New(), nil)
//	c, err := desk.Open(ctx, ann, cases.Draft{Kind: "problem", Subject: "The sync stops", Body: "Since Monday ...", Fields: ...})
//	_, err = desk.Say(ctx, bob, c.ID, cases.Message{Body: "Please try 4.2.", Solution: true})
//	c, err = desk.Accept(ctx, ann, c.ID)
//
// # Who sees what
//
// A case is seen by its requester, by those who follow it, by colleagues who may
// see what their organisation asks ([profile.PermissionCasesColleagues]) unless it
// is private, and by those who work on its queue. [Desk.Sight] compiles that into
// the one predicate that lists, counts and indexes go by. What is internal, how a
// case is worked on and that anything happened there is for the last of them only.
//
// # How a team works
//
// Kinds with their forms, statuses and queues are a [Config], which is data. A
// team's statuses each mean one of five states, and those are what customers see.
//
// # Errors
//
// ErrNotFound, ErrConflict, ErrForbidden and ErrInvalid; those that say what to do
// carry a message for the reader's language.
//
// # Stores
//
// Package memcases keeps cases in memory, sqlcases in PostgreSQL or SQLite. A
// store of your own passes the suite in casestest.
package cases

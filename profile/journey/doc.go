// Package journey knows what people did on the portal as facts that the rules of
// segments ask for: what they searched and read, how often they come, how long
// they were away.
//
//	j := journey.New(ledger, nil)
//	events := j.Recorder(ledger) // hand it to every front type as Options.Events
//	people := profile.NewDirectory(store, &profile.Options{Events: events, Facts: j})
//
// A rule asks for them with the prefix "behaviour.", such as
// "behaviour.searches_empty.1h" at_least 2. What people bring about themselves
// proves nothing, so such rules open no content (see profile.Rule.Declared): they
// choose what is shown first and what is offered.
//
// # Facts
//
// Counts are numbers and known of everybody, 0 of those who did nothing. Each
// stands for the last hour (1h), day (1d), 7 days (7d), 30 days (30d) and 90 days
// (90d), "searches.7d":
//
//	visits          visits
//	searches        searches made
//	searches_empty  searches that found nothing
//	articles        articles read
//	complaints      articles rated as no help
//	cases           cases opened
//
// Others are known of those whom they fit:
//
//	days_away   whole days from the last visit before this one until now
//	read        identifiers of the articles read in the last 30 days
//	read_in     their categories, where Options.Category says them
//
// Options.Counts adds counts of other events.
//
// # Now and then
//
// What is recorded through [Journey.Recorder] counts from the next request of
// that person on. Other instances of a portal count it once it is in the store
// and they look again, after Options.For. Of somebody who did more than
// Options.Most things in 90 days the latest are counted. While the store cannot
// be reached the facts stay as they were; of people who were not asked for
// before, nothing is known.
//
// # Privacy
//
// Nothing is stored: what people did is in the store of events, under its own
// rules of keeping and erasing. In memory are the latest steps of those who are
// there, which [Journey.Keeper] forgets with the rest.
package journey

// Package scimprofile lets an identity provider add, change and disable people
// with SCIM 2.0 (RFC 7643 and 7644), so that somebody who leaves a company has
// left the portal too.
//
//	provider, err := scimprofile.New(directory, scimprofile.Options{
//		Actor:  profile.Actor{ID: "scim", Roles: []profile.Role{profile.RoleAdmin}},
//		Tokens: []scimprofile.Token{{Hash: hash, Account: "acme"}},
//		Groups: []scimprofile.Group{{ID: "managers", Name: "Support managers", Role: profile.RoleManager}},
//	})
//	mux.Handle("/scim/v2/", http.StripPrefix("/scim/v2", provider.Handler()))
//
// # What it serves
//
// Users can be created, read, listed, replaced, patched and deleted, and found
// with a filter that is one comparison with eq. Groups are a table of roles that
// the host writes; who is in one is changed member by member, so that two
// changes at a time lose nothing. There are no bulk operations, no sorting and
// no passwords. What a user has of a phone, an address or a photo is not kept.
//
// # Who may do what
//
// Each token belongs to one account. It reaches the people of that account and
// no others, gives no role of staff and reaches nobody who has one, unless it is
// said to be the company's own. Everything else is decided by the directory, for
// the actor in [Options].
//
// People who are in the account already, because they were invited, are found by
// their address and taken over. Whoever is disabled is signed out at once.
package scimprofile

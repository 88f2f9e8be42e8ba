// Package tokenprofile knows people by what a host has signed: a widget that is
// embedded in the host's product sends with each request a token that says who
// is using it, and the visitor cannot make one up.
//
// [New] makes an authenticator for JSON Web Tokens, [NewHMAC] one for hosts
// that have nothing but a hash function at hand. Both are a
// [profile.Authenticator]:
//
//	auth, err := tokenprofile.New(directory, tokenprofile.Options{
//		Issuer: "https://product.example", Audience: "https://help.example",
//		Keys: []tokenprofile.Key{{ID: "2026-03", Algorithm: tokenprofile.HS256, Secret: secret}},
//	})
//
// The host signs on its server, for whoever is signed in there, and hands the
// token to the page. Whoever holds it is that person until it expires, so it
// should be good for minutes; it is never good for more than an hour at a time.
// People who are disabled or removed are refused at once, whatever they hold.
//
// A request without a token is made by nobody. Everything else that is not
// exactly right is refused with ErrForbidden, and the reason is in the error for
// the log, without anything of the token.
package tokenprofile
